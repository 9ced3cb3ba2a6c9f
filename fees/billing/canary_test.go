package billing_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/fees/billing"
	"github.com/opencartable/cartable/fees/feestest"
	"github.com/opencartable/cartable/fees/tariff"
)

// The families of the canary academy, with marked incomes and situations: nothing of them stands in an error, an issue, a
// report, a log line, a third party's line, or an explanation read by somebody else.
func TestCanary(t *testing.T) {
	t.Parallel()
	const secret = "7777.77"
	academy := enttest.Canary(5)
	town, err := feestest.New(academy, feestest.Options{})
	require.NoError(t, err)
	prices := compiled(t, "roncq-2025") // of another year, so that every use of the fictional one is refused
	open := roncqForAll(t)
	var log, shown bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{} // its digits may be any
		}
		return a
	}}))
	lines, issues := 0, 0
	for h := range town.Households() {
		h.Quotients = history(t, secret)
		h.Quotients, _ = h.Quotients.Add()
		h.Status = []tariff.Status{tariff.StatusRSA}
		m := town.Months()[1]
		uses := town.Uses(h, m)
		bill, err := billing.Explain(open, h, m, uses)
		logger.Info("bill", "household", *h, "child", h.Children[0], "bill", bill, "error", err)
		for _, u := range uses[:min(3, len(uses))] {
			logger.Info("use", "use", u)
		}
		for _, l := range bill.Lines {
			lines++
			logger.Info("line", "line", l)
			if l.ThirdParty != "" {
				fmt.Fprintln(&shown, l.ThirdParty, l.Amount.Decimal(), l.Quotient)
			}
			for _, to := range []ent.Reader{{}, {Audience: ent.AudienceDeveloper}, {Audience: ent.AudienceConcerned, Person: "somebody"}} {
				shown.WriteString(l.Why.Render(ent.FR, to))
			}
		}
		closed, err := billing.Rate(prices, h, m, uses)
		if len(uses) > 0 {
			require.Error(t, err)
			issues += len(closed.Issues)
			fmt.Fprintln(&shown, err)
			require.NoError(t, closed.Report().WriteText(&shown, ent.FR))
		}
	}
	require.Positive(t, lines)
	require.Positive(t, issues)
	for name, text := range map[string]string{"log": log.String(), "shown": shown.String()} {
		for _, s := range []string{secret, "7777,77", "rsa", "RSA"} {
			assert.NotContains(t, text, s, name)
		}
		mark, found := academy.FindMark(text)
		assert.False(t, found, "%s shows %s", name, mark)
	}
}
