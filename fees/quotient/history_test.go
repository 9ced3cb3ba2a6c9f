package quotient_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// entry is a CAF quotient for a period ("" to leave it open), received on a day.
func entry(t testing.TB, value, from, to, received string, event quotient.Event) quotient.Entry {
	t.Helper()
	return quotient.Entry{
		Quotient: quotient.Quotient{
			Kind: quotient.KindCAF, Value: quotient.Known(dec(value)), From: day(t, from), To: day(t, to),
			Proof: quotient.Proof{Kind: quotient.ProofCertificate, Reference: "p-1"},
		},
		ReceivedOn: day(t, received), Event: event,
	}
}

func monthly(t testing.TB, value, of, received string) quotient.Entry {
	t.Helper()
	e := entry(t, value, "", "", received, "")
	e.Quotient.Month = month(t, of)
	return e
}

func history(t testing.TB, entries ...quotient.Entry) quotient.History {
	t.Helper()
	h, issues := quotient.NewHistory(entries...)
	require.Empty(t, issues)
	return h
}

// at is the value that holds on a day, "missing" when there is none; both doors agree.
func at(t testing.TB, h quotient.History, p quotient.Policy, on string) string {
	t.Helper()
	q, err := h.At(p, day(t, on))
	same, why, err2 := h.ExplainAt(p, day(t, on), "us-1")
	require.Equal(t, err == nil, err2 == nil)
	if err != nil {
		require.ErrorIs(t, err, quotient.CodeMissing)
		require.Equal(t, quotient.Quotient{}, q)
		return "missing"
	}
	require.NoError(t, why.Check())
	require.Equal(t, q, same)
	v, err := q.Get()
	require.NoError(t, err)
	require.True(t, v.Equal(why.Value()))
	require.Equal(t, "(réservé)\n", why.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: "us-2"}))
	return v.String()
}

func TestPolicyFixedReferenceDate(t *testing.T) {
	t.Parallel()
	h := history(
		t,
		entry(t, "900", "2023-09-01", "2024-05-31", "2023-09-03", ""),
		entry(t, "700", "2024-06-01", "", "2024-06-10", quotient.EventBirth),
	)
	p := quotient.Policy{Validity: quotient.ValidityFixedDate, ReferenceMonth: 3, ReferenceDay: 31}
	for on, want := range map[string]string{
		"2024-03-30": "missing", // that of 31 March 2023
		"2024-03-31": "900",
		"2024-12-24": "900",
		"2025-03-30": "900",
		"2025-03-31": "700",
	} {
		assert.Equal(t, want, at(t, h, p, on), on)
	}
}

func TestPolicyAnnualFreezeWithEvents(t *testing.T) {
	t.Parallel()
	h := history(
		t,
		entry(t, "900", "2023-12-01", "", "2023-12-15", ""),
		entry(t, "950", "2024-04-01", "", "2024-04-02", quotient.EventOther),
		entry(t, "600", "2024-06-05", "", "2024-06-20", quotient.EventJobLoss),
	)
	p := quotient.Policy{Validity: quotient.ValidityAnnual, ReferenceMonth: 1, ReferenceDay: 1, Effect: quotient.EffectFrom}
	for _, c := range []struct {
		effect quotient.Effect
		on     string
		want   string
	}{
		{quotient.EffectFrom, "2023-12-31", "900"}, // a family of the year
		{quotient.EffectFrom, "2023-11-30", "missing"},
		{quotient.EffectFrom, "2024-03-31", "900"},
		{quotient.EffectFrom, "2024-04-01", "950"},
		{quotient.EffectFrom, "2024-06-05", "600"},
		{quotient.EffectReceived, "2024-04-01", "900"},
		{quotient.EffectReceived, "2024-06-19", "950"},
		{quotient.EffectReceived, "2024-06-20", "600"},
		// Fay-aux-Loges: a change applies the month after the family's letter.
		{quotient.EffectNextMonth, "2024-04-30", "900"},
		{quotient.EffectNextMonth, "2024-05-01", "950"},
		{quotient.EffectNextMonth, "2024-06-30", "950"},
		{quotient.EffectNextMonth, "2024-07-01", "600"},
		{quotient.EffectNextMonth, "2025-02-01", "600"}, // the event's quotient is that of the next year
	} {
		p.Effect = c.effect
		assert.Equal(t, c.want, at(t, h, p, c.on), "%s %s", c.effect, c.on)
	}
}

func TestAnEventThatIsNotYetInEffectDoesNotBeginTheYear(t *testing.T) {
	t.Parallel()
	h := history(
		t,
		entry(t, "900", "2023-09-01", "", "2023-09-02", ""),
		entry(t, "600", "2023-12-15", "", "2024-02-10", quotient.EventSeparation),
	)
	p := quotient.Policy{Validity: quotient.ValidityAnnual, ReferenceMonth: 1, ReferenceDay: 1, Effect: quotient.EffectNextMonth}
	assert.Equal(t, "900", at(t, h, p, "2024-02-29"))
	assert.Equal(t, "600", at(t, h, p, "2024-03-01"))
}

func TestAnOrdinaryNewQuotientDoesNotBreakTheFreeze(t *testing.T) {
	t.Parallel()
	h := history(
		t,
		entry(t, "900", "2023-12-01", "2024-05-31", "2023-12-15", ""),
		entry(t, "650", "2024-06-01", "", "2024-06-02", ""),
	)
	p := quotient.Policy{Validity: quotient.ValidityAnnual, ReferenceMonth: 1, ReferenceDay: 1, Effect: quotient.EffectReceived}
	assert.Equal(t, "900", at(t, h, p, "2024-12-31"))
	assert.Equal(t, "650", at(t, h, p, "2025-01-01"))
}

func TestPolicyMonth(t *testing.T) {
	t.Parallel()
	h := history(
		t,
		monthly(t, "900", "2024-09", "2024-10-07"),
		monthly(t, "850", "2024-10", "2024-11-05"),
		entry(t, "500", "2024-12-10", "2025-01-15", "2024-12-10", quotient.EventBirth),
	)
	p := quotient.Policy{Validity: quotient.ValidityMonth}
	for on, want := range map[string]string{
		"2024-08-31": "missing", "2024-09-01": "900", "2024-09-30": "900", "2024-10-15": "850", "2024-11-15": "missing",
		"2024-12-09": "missing", // before it begins
		"2024-12-10": "500", "2024-12-31": "500",
		"2025-01-31": "500", // that of the first day of the month
		"2025-02-01": "missing",
	} {
		assert.Equal(t, want, at(t, h, p, on), on)
	}
}

func TestPolicyMonthWithALag(t *testing.T) {
	t.Parallel()
	h := history(
		t,
		monthly(t, "900", "2024-09", "2024-10-07"),
		monthly(t, "850", "2024-10", "2024-11-05"),
		entry(t, "500", "2024-12-10", "2024-12-31", "2024-12-10", ""),
	)
	p := quotient.Policy{Validity: quotient.ValidityMonth, Lag: 1}
	for on, want := range map[string]string{
		"2024-09-30": "missing", "2024-10-01": "900", "2024-10-31": "900", "2024-11-30": "850", "2024-12-31": "missing",
		"2025-01-05": "500", // the whole of December counts
		"0001-01-05": "missing",
	} {
		assert.Equal(t, want, at(t, h, p, on), on)
	}
}

func TestPolicyDay(t *testing.T) {
	t.Parallel()
	h := history(
		t,
		entry(t, "900", "2024-09-01", "2024-10-14", "2024-09-01", ""),
		entry(t, "0", "2024-10-15", "", "2024-10-20", ""),
	)
	p := quotient.Policy{Validity: quotient.ValidityDay}
	for on, want := range map[string]string{
		"2024-08-31": "missing", "2024-09-01": "900", "2024-10-14": "900", "2024-10-15": "0", "2030-01-01": "0",
	} {
		assert.Equal(t, want, at(t, h, p, on), on)
	}
}

func TestARevisedMonthKeepsBothValues(t *testing.T) {
	t.Parallel()
	h := history(t, monthly(t, "900", "2024-03", "2024-04-08"), monthly(t, "880", "2024-04", "2024-05-06"))
	p := quotient.Policy{Validity: quotient.ValidityMonth}
	before := at(t, h, p, "2024-03-15")
	revised, issues := h.Add(monthly(t, "640", "2024-03", "2024-06-12"))
	require.Empty(t, issues, "a revision is no overlap")
	assert.Equal(t, "900", before)
	assert.Equal(t, "900", at(t, h, p, "2024-03-15"), "a history does not change")
	assert.Equal(t, "640", at(t, revised, p, "2024-03-15"))
	assert.Equal(t, "880", at(t, revised, p, "2024-04-15"))

	// As known on a day.
	for known, want := range map[string]string{
		"2024-04-07": "missing", "2024-04-08": "900", "2024-06-11": "900", "2024-06-12": "640",
	} {
		assert.Equal(t, want, at(t, revised.KnownOn(day(t, known)), p, "2024-03-15"), known)
	}
	var received []string
	for _, e := range revised.Revisions(quotient.KindCAF, month(t, "2024-03")) {
		received = append(received, e.ReceivedOn.String())
	}
	assert.Equal(t, []string{"2024-04-08", "2024-06-12"}, received)
	assert.Empty(t, revised.Revisions(quotient.KindMSA, month(t, "2024-03")))
	assert.Empty(t, revised.Revisions(quotient.KindCAF, ent.Month{}))

	_, why, err := revised.ExplainAt(p, day(t, "2024-03-15"), "us-1")
	require.NoError(t, err)
	text := why.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: "us-1"})
	for _, part := range []string{"900 EUR", "640 EUR", "08/04/2024", "12/06/2024"} {
		assert.Contains(t, text, part)
	}
}

func TestHistoryReportsWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	good := entry(t, "900", "2024-01-01", "2024-06-30", "2024-01-02", "")
	for _, c := range []struct {
		name  string
		other quotient.Entry
		want  error
		kept  int
	}{
		{"overlap", entry(t, "800", "2024-06-30", "2024-12-31", "2024-06-01", ""), quotient.CodeOverlap, 2},
		{"overlap, within", entry(t, "800", "2024-02-01", "2024-02-28", "2024-06-01", ""), quotient.CodeOverlap, 2},
		{"overlap, around and open", entry(t, "800", "2023-02-01", "", "2024-06-01", ""), quotient.CodeOverlap, 2},
		{"an event may overlap", entry(t, "800", "2024-03-01", "", "2024-06-01", quotient.EventBirth), nil, 2},
		{"next to it", entry(t, "800", "2024-07-01", "", "2024-06-01", ""), nil, 2},
		{"backward", entry(t, "800", "2024-09-02", "2024-09-01", "2024-09-01", ""), quotient.CodePeriod, 1},
		{"twice on a day", entry(t, "800", "2024-01-01", "2024-06-30", "2024-01-02", ""), quotient.CodeTwice, 1},
		{"the same again", good, nil, 1},
		{"no day of reception", entry(t, "800", "2025-01-01", "", "", ""), quotient.CodeDate, 1},
		{"no period", entry(t, "800", "", "", "2024-09-01", ""), quotient.CodeDate, 1},
		{"no beginning", entry(t, "800", "", "2024-09-01", "2024-09-01", ""), quotient.CodeDate, 1},
		{"no value", quotient.Entry{Quotient: quotient.Quotient{Kind: quotient.KindCAF, Month: month(t, "2024-09")}, ReceivedOn: day(t, "2024-10-01")}, quotient.CodeMissing, 1},
		{"no kind", quotient.Entry{Quotient: quotient.Quotient{Value: quotient.Known(dec("1")), Month: month(t, "2024-09")}, ReceivedOn: day(t, "2024-10-01")}, quotient.CodeKind, 1},
		{"below 0", entry(t, "-1", "2025-01-01", "", "2024-01-02", ""), quotient.CodeNegative, 1},
	} {
		h, issues := quotient.NewHistory(good, c.other)
		assert.Len(t, h.Entries(), c.kept, c.name)
		if c.want == nil {
			assert.Empty(t, issues, c.name)
			continue
		}
		require.ErrorIs(t, issues.Err(), c.want, c.name)
		require.Len(t, issues, 1, c.name)
		assert.Contains(t, issues[0].Path, "$.entries[1]")
	}
}

func TestKindsAreNeverMixed(t *testing.T) {
	t.Parallel()
	caf := entry(t, "900", "2024-01-01", "", "2024-01-02", "")
	msa, own := caf, caf
	msa.Quotient.Kind, msa.Quotient.Value = quotient.KindMSA, quotient.Known(dec("700"))
	own.Quotient.Kind, own.Quotient.Name, own.Quotient.Value = quotient.KindMunicipal, "brest", quotient.Known(dec("500"))
	h := history(t, caf, msa, own)
	p := quotient.Policy{Validity: quotient.ValidityDay}
	_, err := h.At(p, day(t, "2024-02-01"))
	require.ErrorIs(t, err, quotient.CodeSeveral)
	for _, c := range []struct {
		kinds []quotient.Kind
		want  string
	}{
		{[]quotient.Kind{quotient.KindCAF}, "900"},
		{[]quotient.Kind{quotient.KindMSA, quotient.KindCAF}, "700"},
		{[]quotient.Kind{quotient.KindRFRPerPart, quotient.KindMunicipal}, "500"},
		{[]quotient.Kind{quotient.KindRFRPerPart}, "missing"},
	} {
		p.Kinds = c.kinds
		assert.Equal(t, c.want, at(t, h, p, "2024-02-01"))
	}
}

func TestPoliciesAreChecked(t *testing.T) {
	t.Parallel()
	var h quotient.History
	for _, p := range []quotient.Policy{
		{},
		{Validity: "lunar"},
		{Validity: quotient.ValidityMonth, Lag: -1},
		{Validity: quotient.ValidityMonth, Lag: 25},
		{Validity: quotient.ValidityFixedDate},
		{Validity: quotient.ValidityFixedDate, ReferenceMonth: 2, ReferenceDay: 29},
		{Validity: quotient.ValidityFixedDate, ReferenceMonth: 13, ReferenceDay: 1},
		{Validity: quotient.ValidityAnnual, ReferenceMonth: 1, ReferenceDay: 1},
		{Validity: quotient.ValidityAnnual, ReferenceMonth: 1, ReferenceDay: 1, Effect: "soon"},
	} {
		_, err := h.At(p, day(t, "2024-09-01"))
		require.ErrorIs(t, err, quotient.CodePolicy, "%+v", p)
	}
	ok := quotient.Policy{Validity: quotient.ValidityDay}
	for _, d := range []ent.Date{{}, {Year: 2024, Month: 2, Day: 30}} {
		_, err := h.At(ok, d)
		require.ErrorIs(t, err, quotient.CodeDate)
	}
	assert.Equal(t, "missing", at(t, h, ok, "2024-09-01"))
	_, _, err := h.ExplainAt(ok, day(t, "2024-09-01"), "")
	require.ErrorIs(t, err, quotient.CodeOwner)
	fixed := quotient.Policy{Validity: quotient.ValidityFixedDate, ReferenceMonth: 3, ReferenceDay: 31}
	assert.Equal(t, "missing", at(t, h, fixed, "0001-01-01"))
}

// Whatever the history, what holds on a day covers it, was the last received of those that do, and is explained.
func TestRandomHistoriesByDay(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(24, 12))
	start := day(t, "2024-01-01")
	for range 3000 {
		var entries []quotient.Entry
		for range r.IntN(8) {
			from := start.AddDays(r.IntN(700))
			e := quotient.Entry{
				Quotient:   quotient.Quotient{Kind: quotient.KindCAF, Value: quotient.Known(dec("1").Mul(dec("1").Add(dec("1"))).Shift(int32(r.IntN(3)))), From: from},
				ReceivedOn: start.AddDays(r.IntN(700)),
			}
			if r.IntN(3) > 0 {
				e.Quotient.To = from.AddDays(r.IntN(200))
			}
			if r.IntN(3) == 0 {
				e.Event = quotient.EventOther
			}
			entries = append(entries, e)
		}
		h, _ := quotient.NewHistory(entries...)
		on := start.AddDays(r.IntN(800))
		q, why, err := h.ExplainAt(quotient.Policy{Validity: quotient.ValidityDay}, on, "us-1")
		var last ent.Date
		for _, e := range h.Entries() {
			if !on.Before(e.Quotient.From) && (e.Quotient.To.IsZero() || !e.Quotient.To.Before(on)) && last.Before(e.ReceivedOn) {
				last = e.ReceivedOn
			}
		}
		if last.IsZero() {
			require.ErrorIs(t, err, quotient.CodeMissing)
			continue
		}
		require.NoError(t, err)
		require.NoError(t, why.Check())
		held := false
		for _, e := range h.Entries() {
			held = held || e.Quotient == q && e.ReceivedOn == last
		}
		require.True(t, held)
		for _, v := range []quotient.Policy{
			{Validity: quotient.ValidityMonth},
			{Validity: quotient.ValidityFixedDate, ReferenceMonth: 9, ReferenceDay: 1},
			{Validity: quotient.ValidityAnnual, ReferenceMonth: 9, ReferenceDay: 1, Effect: quotient.EffectNextMonth},
		} {
			if _, why, err := h.ExplainAt(v, on, "us-1"); err == nil {
				require.NoError(t, why.Check())
			} else {
				require.ErrorIs(t, err, quotient.CodeMissing)
			}
		}
	}
}

func TestAHistoryTravelsAsJSON(t *testing.T) {
	t.Parallel()
	h := history(
		t,
		monthly(t, "900", "2024-03", "2024-04-08"), monthly(t, "640", "2024-03", "2024-06-12"),
		entry(t, "0", "2024-05-01", "", "2024-05-02", quotient.EventBirth),
	)
	b, err := json.Marshal(h)
	require.NoError(t, err)
	var back quotient.History
	require.NoError(t, json.Unmarshal(b, &back))
	again, err := json.Marshal(back)
	require.NoError(t, err)
	assert.Equal(t, string(b), string(again))
	assert.Equal(t, h, back)

	b, err = json.Marshal(quotient.History{})
	require.NoError(t, err)
	assert.JSONEq(t, `{"format":"cartable.quotient-history/1","entries":[]}`, string(b))
	for text, want := range map[string]error{
		`{"format":"cartable.tariff/1"}`: quotient.CodeDocument,
		`[]`:                             quotient.CodeDocument,
		`{"format":"cartable.quotient-history/1","entries":[{"quotient":{"kind":"caf","value":null},"receivedOn":"2024-04-08"}]}`: quotient.CodeMissing,
	} {
		require.ErrorIs(t, json.Unmarshal([]byte(text), &back), want)
	}
}
