package sqldb_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
)

func TestCatalogueIsComplete(t *testing.T) {
	t.Parallel()
	require.NoError(t, sqldb.Catalog().Check())
	for _, c := range []ent.Code{
		sqldb.CodeEngine, sqldb.CodeName, sqldb.CodeTenant, sqldb.CodeConnection, sqldb.CodeBusy, sqldb.CodeCancelled, sqldb.CodeCommit,
		sqldb.CodeDuplicate, sqldb.CodeConstraint, sqldb.CodeReadOnly, sqldb.CodeNoRow, sqldb.CodeScan, sqldb.CodeOpen, sqldb.CodeEnded,
		sqldb.CodeRow, sqldb.CodeCounter, sqldb.CodeEvent, sqldb.CodeConsumer, sqldb.CodeDelivering, sqldb.CodeMember, sqldb.CodeMigration,
		sqldb.CodeDatabase,
	} {
		_, ok := sqldb.Catalog().Rule(c)
		assert.True(t, ok, c)
	}
	assert.Len(t, sqldb.Catalog().Rules(), 22)
}
