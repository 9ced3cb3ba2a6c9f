package quotient_test

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

var update = flag.Bool("update", false, "write the golden files")

// The written forms are frozen, and read back.
func TestGoldenDocuments(t *testing.T) {
	t.Parallel()
	h, issues := quotient.NewHistory(
		quotient.Entry{ReceivedOn: day(t, "2025-09-02"), Quotient: quotient.Quotient{
			Kind: quotient.KindCAF, Value: quotient.Known(dec("700.50")), Month: ent.Month{Year: 2025, Month: 9},
			Proof: quotient.Proof{Kind: quotient.ProofAPI, Reference: "r-1"}, Provider: quotient.ProviderCNAF,
		}},
		quotient.Entry{ReceivedOn: day(t, "2025-10-20"), Event: quotient.EventBirth, Quotient: quotient.Quotient{
			Kind: quotient.KindMunicipal, Name: "brest", Value: quotient.Known(dec("0")), From: day(t, "2025-10-15"),
		}},
	)
	require.Empty(t, issues)
	for file, v := range map[string]any{"formula": quotient.Brest(), "history": h} {
		path := "testdata/" + file + ".golden.json"
		got, err := json.MarshalIndent(v, "", "  ")
		require.NoError(t, err)
		if *update {
			require.NoError(t, os.WriteFile(path, append(got, '\n'), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got)+"\n", file)
	}
	var formula quotient.Formula
	b, err := os.ReadFile("testdata/formula.golden.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &formula))
	var again quotient.History
	b, err = os.ReadFile("testdata/history.golden.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &again))
	assert.Len(t, again.Entries(), 2)
}
