package directorysql

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/sqldb"
)

var _ directory.Known = (*Store)(nil)

// errStop ends a query whose reader has seen enough.
var errStop = errors.New("directorysql: stopped")

// Marks is of [directory.Known].
func (s *Store) Marks(ctx context.Context, o directory.Origin) iter.Seq2[directory.Mark, error] {
	return func(yield func(directory.Mark, error) bool) {
		err := s.view(ctx, func(tx *sqldb.Tx) error {
			return tx.Query(ctx, `SELECT data FROM {mark} WHERE tenant = $1 AND origin = $2`, []any{string(s.tenant), string(o)}, func(row sqldb.Scanner) error {
				var data sql.RawBytes // of the driver: readPage copies it
				if err := row.Scan(&data); err != nil {
					return err
				}
				return readPage(o, data, func(m *directory.Mark) bool { return yield(*m, nil) })
			})
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(directory.Mark{}, err)
		}
	}
}

// page is how many accounts are read at once.
const page = 1000

// Accounts is of [directory.Known].
func (s *Store) Accounts(ctx context.Context, q directory.Query) iter.Seq2[directory.Account, error] {
	return func(yield func(directory.Account, error) bool) {
		var ids []ent.ID
		err := s.view(ctx, func(tx *sqldb.Tx) error {
			var err error
			ids, err = find(ctx, tx, &q)
			return err
		})
		if err != nil {
			yield(directory.Account{}, err)
			return
		}
		for list := range slices.Chunk(ids, page) {
			var read []directory.Account
			err := s.view(ctx, func(tx *sqldb.Tx) error {
				var err error
				read, err = accounts(ctx, tx, list)
				return err
			})
			if err != nil {
				yield(directory.Account{}, err)
				return
			}
			for i := range read {
				if !yield(read[i], nil) {
					return
				}
			}
		}
	}
}

// find returns the ids that a query asks for, each once, sorted.
func find(ctx context.Context, tx *sqldb.Tx, q *directory.Query) ([]ent.ID, error) {
	ids := slices.Clone(q.IDs)
	take := func(row sqldb.Scanner) error {
		var id ent.ID
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	}
	tenant := []any{string(tx.Tenant())}
	if q.All {
		err := tx.Query(ctx, `SELECT id FROM {person} WHERE tenant = $1`, tenant, take)
		return sorted(ids), err
	}
	if q.Leaving {
		if err := tx.Query(ctx, `SELECT id FROM {person} WHERE tenant = $1 AND state <> 'active' AND state <> 'merged'`, tenant, take); err != nil {
			return nil, err
		}
	}
	kin := make([]string, 0, len(q.Relatives)+len(q.Waiting))
	for _, id := range q.Relatives {
		kin = append(kin, string(id))
	}
	for _, k := range q.Waiting {
		kin = append(kin, waiting(k))
	}
	for _, err := range []error{
		in(ctx, tx, `SELECT pupil FROM {kin} WHERE tenant = $1 AND relative IN (?)`, kin, take),
		in(ctx, tx, `SELECT id FROM {person} WHERE tenant = $1 AND ine IN (?)`, q.INE, take),
		in(ctx, tx, `SELECT id FROM {person} WHERE tenant = $1 AND name_key IN (?)`, q.Names, take),
	} {
		if err != nil {
			return nil, err
		}
	}
	byOrigin := map[[2]string][]string{}
	for _, k := range q.Keys {
		at := [2]string{string(k.Origin), string(k.Category)}
		byOrigin[at] = append(byOrigin[at], k.ID)
	}
	for at, keys := range byOrigin {
		for _, k := range keys {
			err := tx.Query(ctx, `SELECT person FROM {person_key} WHERE tenant = $1 AND origin = $2 AND category = $3 AND key = $4`,
				[]any{string(tx.Tenant()), at[0], at[1], k}, take)
			if err != nil {
				return nil, err
			}
		}
	}
	return sorted(ids), nil
}

func sorted(ids []ent.ID) []ent.ID {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Places is of [directory.Known].
func (s *Store) Places(ctx context.Context) (directory.Places, error) {
	var out directory.Places
	err := s.view(ctx, func(tx *sqldb.Tx) error {
		var err error
		out, err = places(ctx, tx)
		return err
	})
	return out, err
}

func places(ctx context.Context, tx *sqldb.Tx) (directory.Places, error) {
	var out directory.Places
	at := map[ent.ID]int{}
	tenant := []any{string(tx.Tenant())}
	err := tx.Query(ctx, `SELECT kind, doc FROM {place} WHERE tenant = $1 ORDER BY kind, id`, tenant, func(row sqldb.Scanner) error {
		var kind directory.Object
		var text []byte
		if err := row.Scan(&kind, &text); err != nil {
			return err
		}
		var err error
		switch kind {
		case directory.ObjectEstablishment:
			var p directory.Place
			err = json.Unmarshal(text, &p.Establishment)
			at[p.ID] = len(out.Establishments)
			out.Establishments = append(out.Establishments, p)
		case directory.ObjectClass:
			var c ent.Class
			err = json.Unmarshal(text, &c)
			out.Classes = append(out.Classes, c)
		case directory.ObjectGroup:
			var g ent.Group
			err = json.Unmarshal(text, &g)
			out.Groups = append(out.Groups, g)
		case directory.ObjectPerson:
		}
		if err != nil {
			return failure(CodeRow)
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	err = tx.Query(ctx, `SELECT origin, key, place FROM {place_key} WHERE tenant = $1 ORDER BY place, rank`, tenant, func(row sqldb.Scanner) error {
		var k directory.PlaceKey
		var place ent.ID
		if err := row.Scan(&k.Origin, &k.ID, &place); err != nil {
			return err
		}
		if i, ok := at[place]; ok {
			out.Establishments[i].Keys = append(out.Establishments[i].Keys, k)
		}
		return nil
	})
	return out, err
}

// Standing is of [directory.Known].
func (s *Store) Standing(ctx context.Context, o directory.Origin) (directory.Standing, error) {
	var out directory.Standing
	err := s.view(ctx, func(tx *sqldb.Tx) error {
		var err error
		if out, err = standing(ctx, tx, o); err != nil {
			return err
		}
		out.Academies, err = sqldb.All(ctx, tx, `SELECT DISTINCT academy FROM {feed} WHERE tenant = $1 AND academy <> '' ORDER BY academy`,
			[]any{string(s.tenant)}, func(row sqldb.Scanner) (ent.AcademyCode, error) {
				var a ent.AcademyCode
				err := row.Scan(&a)
				return a, err
			})
		return err
	})
	return out, err
}

func standing(ctx context.Context, tx *sqldb.Tx, o directory.Origin) (directory.Standing, error) {
	var (
		out     directory.Standing
		context string
	)
	err := tx.QueryRow(ctx, `SELECT day, academy, degree, context, plan FROM {feed} WHERE tenant = $1 AND origin = $2`,
		[]any{string(tx.Tenant()), string(o)}, sqldb.Text(&out.Date, ent.ParseDate), &out.Academy, &out.Degree, &context, &out.Plan)
	if errors.Is(err, sql.ErrNoRows) {
		return directory.Standing{}, nil
	}
	if err == nil {
		err = out.Context.UnmarshalText([]byte(context))
	}
	return out, err
}
