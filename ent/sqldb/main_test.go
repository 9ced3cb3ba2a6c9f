package sqldb_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
)

// A child of this test binary works on a place until it is killed, or migrates it and ends.
const (
	childMode   = "CARTABLE_SQLDB_CHILD"
	childEngine = "CARTABLE_SQLDB_ENGINE"
	childName   = "CARTABLE_SQLDB_NAME"
	childSchema = "CARTABLE_SQLDB_SCHEMA"
)

func TestMain(m *testing.M) {
	mode := os.Getenv(childMode)
	if mode == "" {
		os.Exit(m.Run())
	}
	if err := child(mode); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func child(mode string) error {
	ctx := context.Background()
	p := sqldbtest.Place{Engine: sqldb.Engine(os.Getenv(childEngine)), Name: os.Getenv(childName), Schema: os.Getenv(childSchema)}
	db, err := p.Open(ctx, open.Options{})
	if err != nil {
		return err
	}
	if mode == "migrate" {
		return errors.Join(db.Migrate(ctx, sample()), db.Close())
	}
	for i := 0; ; i++ {
		id := fmt.Sprintf("%s-%d", mode, i)
		if err := db.Update(ctx, tenant, func(tx *sqldb.Tx) error { return insertThing(ctx, tx, id) }); err != nil {
			return err
		}
		fmt.Println(i + 1) // acknowledged
	}
}

func childCommand(t *testing.T, p sqldbtest.Place, mode string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	c.Env = append(os.Environ(), childMode+"="+mode, childEngine+"="+string(p.Engine), childName+"="+p.Name, childSchema+"="+p.Schema)
	return c
}

// A process that writes rows with their numbers and events is killed at a random moment, again and again. What is there
// afterwards is the state before or after each transaction: as many events as rows, each once, numbers without a gap, and
// nothing lost that was acknowledged.
func TestAProcessThatIsKilledLeavesWholeTransactions(t *testing.T) {
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		db := p.DB(t, open.Options{}, sample())
		acknowledged := int64(0)
		for kill := range rounds(20) {
			c := childCommand(t, p, fmt.Sprint("kill", kill))
			out, err := c.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, c.Start())
			lines := bufio.NewScanner(out)
			require.True(t, lines.Scan(), "the child works")
			time.AfterFunc(time.Duration(rand.IntN(20_000))*time.Microsecond, func() { _ = c.Process.Kill() })
			last := int64(1)
			for lines.Scan() {
				n, err := strconv.ParseInt(lines.Text(), 10, 64)
				if err != nil {
					break // half a line
				}
				last = n
			}
			require.Error(t, c.Wait(), "it was killed, and did not end by itself")
			acknowledged += last
			require.NoError(t, gapless(t.Context(), db), "after kill %d", kill)
			assert.GreaterOrEqual(t, things(t, db), acknowledged, "after kill %d", kill)
		}
		// The file or the server goes on.
		update(t, db, func(tx *sqldb.Tx) error { return insertThing(t.Context(), tx, "last") })
		require.NoError(t, gapless(t.Context(), db))
		t.Logf("%d transactions acknowledged", acknowledged)
	})
}
