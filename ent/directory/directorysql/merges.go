package directorysql

import (
	"context"
	"encoding/json"

	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/sqldb"
)

// Merges returns the last merges that can be undone, the newest first, at most n. A record holds both accounts as they were.
func (s *Store) Merges(ctx context.Context, n int) ([]directory.MergeRecord, error) {
	var out []directory.MergeRecord
	err := s.view(ctx, func(tx *sqldb.Tx) error {
		var err error
		out, err = sqldb.All(ctx, tx, `SELECT doc FROM {merge} WHERE tenant = $1 ORDER BY at DESC, gone DESC LIMIT $2`,
			[]any{string(s.tenant), int64(n)}, func(row sqldb.Scanner) (directory.MergeRecord, error) {
				var m directory.MergeRecord
				var text []byte
				if err := row.Scan(&text); err != nil {
					return m, err
				}
				if json.Unmarshal(text, &m) != nil {
					return m, failure(CodeRow)
				}
				return m, nil
			})
		return err
	})
	return out, err
}
