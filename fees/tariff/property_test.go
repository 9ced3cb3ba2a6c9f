package tariff_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/fees/tariff/grids"
)

// A sheet about which Validate has nothing to say of falling prices never asks less of a higher quotient.
func TestMonotoneWhereDeclared(t *testing.T) {
	t.Parallel()
	for _, name := range grids.Names() {
		s, err := grids.Get(name)
		require.NoError(t, err)
		for _, i := range s.Validate() {
			require.NotEqual(t, tariff.CodeMonotone, i.Code, "%s: %v", name, i)
		}
		c, err := s.Compile()
		require.NoError(t, err)
		for k := range s.Activities {
			a := &s.Activities[k]
			if a.MayDecrease {
				continue
			}
			last := tariff.Cents(-1)
			for q := int64(0); q < 300000; q += 4999 {
				v := decimal.New(q, -2)
				g := tariff.Given{
					Activity: a.ID, Quotient: &v, Residence: tariff.ResidenceCommune, Booking: tariff.BookingRegular, Regime: tariff.RegimeGeneral,
					Rank: 1, Enrolled: 1, Children: 1, Times: []tariff.Interval{{Start: 990, End: 1020}}, Custom: map[string]string{"letter": "A"},
				}
				in, err := g.Input(s)
				require.NoError(t, err)
				p, err := c.Price(&in)
				if err != nil {
					continue // a gap of the sheet, or a crèche
				}
				require.GreaterOrEqual(t, p.Cmp(last), 0, "%s %s at %s", name, a.ID, v)
				last = p
			}
		}
	}
}

// A linear tariff has no step: a cent more of quotient changes the unrounded price by the slope and no more.
func TestLinearIsContinuous(t *testing.T) {
	t.Parallel()
	s, err := grids.Get("poissy-2016")
	require.NoError(t, err)
	s.Rounding = tariff.Rounding{Step: decimal.New(1, -8), Mode: ent.RoundHalfUp, Point: tariff.PointUnit}
	c, err := s.Compile()
	require.NoError(t, err)
	price := func(cents int64) decimal.Decimal {
		v := decimal.New(cents, -2)
		g := tariff.Given{Activity: "meal", Quotient: &v, Residence: tariff.ResidenceCommune, Children: 1}
		in, err := g.Input(s)
		require.NoError(t, err)
		p, err := c.Price(&in)
		require.NoError(t, err)
		return p.Decimal()
	}
	steepest := decimal.RequireFromString("0.0000342") // 1.705 over 500 euros, for a cent, and its rounding
	for at := int64(0); at < 200000; at += 97 {
		rise := price(at + 1).Sub(price(at))
		require.False(t, rise.IsNegative(), "at %d", at)
		require.True(t, rise.LessThanOrEqual(steepest), "at %d: %s", at, rise)
	}
}

// One compiled sheet serves many goroutines.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	sheets, cases := town(t, "bands")
	c, err := tariff.Compile(sheets...)
	require.NoError(t, err)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for i := range cases {
				in, err := cases[i].Input(sheets[1])
				if err != nil {
					t.Error(err)
				}
				if _, _, err := c.Explain(&tariff.Input{}); err == nil {
					t.Error("an explanation without owner")
				}
				if _, err := c.Price(&in); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}

// A prepared use prices as a new one does, whatever is changed in it.
func TestPreparedEqualsPrice(t *testing.T) {
	t.Parallel()
	d := newDraw(99)
	for range 300 {
		doc, bounds := d.sheet("")
		c, err := doc.Compile()
		require.NoError(t, err)
		g := d.given(bounds)
		in, err := g.Input(doc)
		require.NoError(t, err)
		p := c.Prepare(&in)
		for range 10 {
			other := d.given(bounds)
			x, err := other.Input(doc)
			require.NoError(t, err)
			in.Date, in.Quotient, in.Rank, in.Present = x.Date, x.Quotient, x.Rank, x.Present
			p.On(x.Date)
			p.Quotient(x.Quotient)
			p.Rank(x.Rank, x.Present)
			want, err1 := c.Price(&in)
			got, err2 := p.Price()
			require.Equal(t, err1 == nil, err2 == nil, "%v %v", err1, err2)
			require.Equal(t, want, got)
			if err1 != nil {
				require.Equal(t, err1.Error(), err2.Error())
			}
		}
	}
}

// A simulation remembers prices within a family: it comes to the sum of the prices one by one, whatever changes between uses.
func TestSimulateEqualsTheSumOfPrices(t *testing.T) {
	t.Parallel()
	d := newDraw(31)
	priced := 0
	for range 400 {
		doc, bounds := d.sheet("")
		c, err := doc.Compile()
		require.NoError(t, err)
		doc2, _ := d.sheet("")
		c2, err := doc2.Compile()
		require.NoError(t, err)
		var some []tariff.Input
		for range 3 {
			g := d.given(bounds)
			in, err := g.Input(doc)
			require.NoError(t, err)
			some = append(some, in)
		}
		f := &tariff.Family{}
		x, y := new(big.Rat), new(big.Rat)
		left := false
		for i := range 30 {
			g := d.given(bounds)
			in, err := g.Input(doc)
			require.NoError(t, err)
			again := some[i%len(some)]
			again.Date = in.Date
			if i%7 == 3 {
				again.Quotient, again.Rank = in.Quotient, in.Rank
			}
			a, err1 := c.Price(&again)
			b, err2 := c2.Price(&again)
			if left = err1 != nil || err2 != nil; left && i >= 3 {
				left = false // only what has no price at first leaves the family out
				continue
			}
			f.Uses = append(f.Uses, tariff.YearlyUse{Input: again, Times: int64(i)})
			if left {
				break
			}
			times := big.NewRat(int64(i), 1)
			x.Add(x, new(big.Rat).Mul(a.Rat(), times))
			y.Add(y, new(big.Rat).Mul(b.Rat(), times))
		}
		for _, twice := range []bool{false, true} {
			if f.After = nil; twice {
				f.After = f.Uses // the same, read by each sheet in turn
			}
			got, err := tariff.Simulate(c, c2, slices.Values([]*tariff.Family{f}), tariff.CompareOptions{})
			if errors.Is(err, tariff.CodeOverflow) {
				continue // fractions of many kinds, summed before any rounding
			}
			require.NoError(t, err)
			require.True(t, got.Balanced())
			require.Equal(t, left, got.LeftOut == 1)
			if left {
				continue
			}
			priced++
			assert.True(t, got.Total.Before.Equal(ent.Written(x)), "%s %s", got.Total.Before, x)
			assert.True(t, got.Total.After.Equal(ent.Written(y)), "%s %s", got.Total.After, y)
		}
	}
	require.Greater(t, priced, 100)
}

// Amounts that do not fit are refused, and never wrong.
func TestOverflow(t *testing.T) {
	t.Parallel()
	text := edit(t, "price: 6.50", "price: 999999999.99999999")
	s, issues := tariff.Parse("", []byte(text))
	require.NotNil(t, s, "%v", issues)
	many := decimal.New(999999999, 0)
	s.Activities[0].Modifiers = []tariff.Modifier{{Multiply: &many}, {Multiply: &many}}
	s.Cases = nil
	c, err := s.Compile()
	require.NoError(t, err)
	in := tariff.Input{Owner: "x", Activity: "meal", Residence: tariff.ResidenceOutside, Date: ent.Date{Year: 2025, Month: 9, Day: 1}}
	_, err = c.Price(&in)
	require.ErrorIs(t, err, tariff.CodeOverflow)
	_, _, err = c.Explain(&in)
	require.ErrorIs(t, err, tariff.CodeOverflow)
	in.Quantity = -1
	s.Activities[0].Modifiers = nil
	c, err = s.Compile()
	require.NoError(t, err)
	_, err = c.Price(&in)
	require.ErrorIs(t, err, tariff.CodeQuantity)
	_, err = tariff.AmountOf(decimal.New(1, 9))
	require.ErrorIs(t, err, tariff.CodeNumber)
	_, err = tariff.QuotientOf(quotient.Quotient{Value: quotient.Known(decimal.New(-1, 0))})
	require.ErrorIs(t, err, tariff.CodeNumber)
}

// A quotient of a kind that the sheet does not accept, and one that is missing: errors that say so, and show no figure.
func TestQuotientThatIsNotAccepted(t *testing.T) {
	t.Parallel()
	s, _ := tariff.Parse("", []byte(canteen))
	c, err := s.Compile()
	require.NoError(t, err)
	q, err := tariff.QuotientOf(quotient.Quotient{Kind: quotient.KindRFRTwelfth, Value: quotient.Known(decimal.New(31415, -1))})
	require.NoError(t, err)
	in := tariff.Input{Owner: "x", Activity: "meal", Residence: tariff.ResidenceCommune, Rank: 1, Date: s.From, Quotient: q}
	_, err = c.Price(&in)
	require.ErrorIs(t, err, tariff.CodeQuotientKind)
	assert.NotContains(t, err.Error(), "3141.5")
	in.Quotient = tariff.Quotient{}
	_, err = c.Price(&in)
	require.ErrorIs(t, err, tariff.CodeQuotientMissing)
	require.ErrorIs(t, err, quotient.CodeMissing)
	in.Quotient, in.Rank = q, 0
	in.Residence = ""
	_, err = c.Price(&in)
	require.ErrorIs(t, err, tariff.CodeCriterion)
	assert.ErrorContains(t, err, "residence")
}

// The canary: figures and situations of a family stand in no error, no log line, no explanation of another reader.
func TestCanary(t *testing.T) {
	t.Parallel()
	const secret = "7777.77"
	d := newDraw(5)
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	explained, refused := 0, 0
	for range 400 {
		doc, bounds := d.sheet("")
		c, err := doc.Compile()
		require.NoError(t, err)
		for range 5 {
			g := d.given(bounds)
			q := decimal.RequireFromString(secret)
			g.Quotient, g.Resources, g.Cost = &q, &q, &q
			g.Status, g.PAI = []tariff.Status{tariff.StatusRSA, tariff.StatusCCAS}, true
			in, err := g.Input(doc)
			require.NoError(t, err)
			in.Owner = "us-1"
			logger.Info("use", "input", in, "quotient", in.Quotient)
			_, why, err := c.Explain(&in)
			if err != nil {
				refused++
				require.NotContains(t, err.Error(), secret)
				logger.Info("refused", "error", err)
				continue
			}
			explained++
			logger.Info("explained", "why", why)
			for _, to := range []ent.Reader{
				{}, {Audience: ent.AudienceDeveloper}, {Audience: ent.AudienceConcerned, Person: "us-2"}, {Audience: ent.AudienceConcerned},
			} {
				for _, lang := range []ent.Lang{ent.FR, ent.EN} {
					text := why.Render(lang, to)
					for _, s := range []string{secret, "7777,77", "RSA", "CCAS", "PAI) ", "PAI : oui"} {
						require.NotContains(t, text, s, "%+v", to)
					}
				}
			}
			agent := why.Render(ent.FR, ent.Reader{Audience: ent.AudienceAgent})
			for _, s := range []string{"RSA", "CCAS", "PAI : oui", "handicap"} {
				require.NotContains(t, agent, s)
			}
		}
	}
	require.Greater(t, explained, 500)
	require.Greater(t, refused, 50)
	for _, s := range []string{secret, "rsa", "ccas"} {
		require.NotContains(t, log.String(), s)
	}
	assert.Contains(t, fmt.Sprintf("%v %#v", tariff.Quotient{}, tariff.Quotient{}), "redacted")
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(canteen))
	for _, name := range grids.Names() {
		text, _ := grids.Source(name)
		f.Add(text)
	}
	s, _ := tariff.Parse("", []byte(canteen))
	b, err := s.MarshalJSON()
	require.NoError(f, err)
	f.Add(b)
	f.Add([]byte("format: cartable.tariff/1\nid: 'a\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		sheet, issues := tariff.Parse("f", text)
		if sheet == nil {
			if len(issues) == 0 {
				t.Fatal("nothing read, and nothing said")
			}
			return
		}
		// What was read is written and read back the same; advice and compilation do not panic.
		b, err := sheet.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		again, issues := tariff.Parse("f", b)
		if again == nil {
			t.Fatalf("%v\n%s", issues.Err(), b)
		}
		if sheet.Hash() != again.Hash() {
			t.Fatal("another hash")
		}
		issues = sheet.Validate()
		c, err := sheet.Compile()
		if err != nil {
			if issues.Worst() != ent.SeverityError {
				t.Fatalf("not compiled, and Validate says nothing: %v", err)
			}
			return
		}
		for i := range sheet.Cases {
			g := &sheet.Cases[i].Given
			in, err := g.Input(sheet)
			if err != nil {
				continue
			}
			a, err := c.Price(&in)
			q, why, err2 := c.Explain(&in)
			if (err == nil) != (err2 == nil) {
				t.Fatal(err, err2)
			}
			if err != nil {
				continue
			}
			if q.Amount.Cmp(a) != 0 {
				t.Fatal("two prices")
			}
			if err := why.Check(); err != nil {
				t.Fatal(err)
			}
			_ = strings.TrimSpace(why.Render(ent.FR, ent.Reader{}))
		}
	})
}

// FuzzPrice draws sheets and cases from a seed, and compares the compiled sheet with the oracle.
func FuzzPrice(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed, "")
	}
	f.Fuzz(func(t *testing.T, seed uint64, kind string) {
		if _, ok := formulas()[kind]; !ok {
			kind = ""
		}
		d := newDraw(seed)
		doc, bounds := d.sheet(kind)
		c, err := doc.Compile()
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			g := d.given(bounds)
			same(t, doc, c, &g)
		}
	})
}
