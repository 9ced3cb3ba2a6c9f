package sqldb_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
)

func TestMembersOfAPersonAreReplaced(t *testing.T) {
	t.Parallel()
	school := sqldb.Member{Kind: sqldb.MemberEstablishment, Target: "e-1", Establishment: "e-1", Profile: ent.ProfileTeacher}
	parent := school
	parent.Profile = ent.ProfileRelative
	class := sqldb.Member{Kind: sqldb.MemberClass, Target: "c-1", Establishment: "e-1", Profile: ent.ProfileTeacher}
	group := sqldb.Member{Kind: sqldb.MemberGroup, Target: "g-1", Establishment: "e-1", Profile: ent.ProfileTeacher}
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		of := func(person ent.ID) (out []sqldb.Member) {
			require.NoError(t, db.View(t.Context(), tenant, func(tx *sqldb.Tx) error {
				var err error
				out, err = sqldb.All(t.Context(), tx, `SELECT kind, target, establishment, profile FROM {member} WHERE tenant = $1 AND person = $2 ORDER BY target, profile`,
					[]any{string(tenant), string(person)}, func(row sqldb.Scanner) (m sqldb.Member, err error) {
						err = row.Scan(&m.Kind, &m.Target, &m.Establishment, &m.Profile)
						return m, err
					})
				return err
			}))
			return out
		}
		put := func(person ent.ID, members ...sqldb.Member) error {
			return db.Update(t.Context(), tenant, func(tx *sqldb.Tx) error { return sqldb.PutMembers(t.Context(), tx, person, members) })
		}
		require.NoError(t, put("us-1", school, class, parent, class))
		require.NoError(t, put("us-2", school))
		assert.Equal(t, []sqldb.Member{class, parent, school}, of("us-1"), "two profiles in one school, a double once")
		require.NoError(t, put("us-1", group))
		assert.Equal(t, []sqldb.Member{group}, of("us-1"))
		assert.Equal(t, []sqldb.Member{school}, of("us-2"), "another person is left alone")
		for name, m := range map[string]sqldb.Member{"no target": {Kind: sqldb.MemberClass}, "an unknown kind": {Kind: "club", Target: "x"}} {
			assert.ErrorIs(t, put("us-2", group, m), sqldb.CodeMember, name)
		}
		require.ErrorIs(t, put(""), sqldb.CodeMember)
		assert.Equal(t, []sqldb.Member{school}, of("us-2"))
		require.NoError(t, put("us-2"))
		assert.Empty(t, of("us-2"))
	})
}
