package bulletin_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/bulletin"
)

func TestSmallGroup(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		pupils, in, minimum int
		group, general      bool // withheld
	}{
		{24, 5, 0, false, false},
		{24, 4, 0, true, false},
		{24, 1, 0, true, false},
		{24, 4, 4, false, false},
		{24, 1, 1, false, false},
		{9, 4, 0, true, false}, // five outside the group
		{8, 4, 0, true, true},  // four outside: the general line would tell
		{5, 4, 0, true, true},
		{5, 5, 0, false, false},
		{4, 4, 0, true, true},
		{4, 4, 2, false, false},
		{1, 1, 0, true, true},
		{24, 20, 21, true, true},
	} {
		name := fmt.Sprintf("%d of %d, minimum %d", x.in, x.pupils, x.minimum)
		c := newClass(t, x.pupils, 3)
		c.group(2, x.in)
		d, issues := c.make("T2", pupilOne, bulletin.Options{MinimumGroup: x.minimum, Chart: true, Rank: true, PreviousPeriods: true})
		l := line(t, d, "t03")
		assert.Equal(t, x.group, l.Group.Withheld, name)
		assert.Equal(t, x.general, d.General.Group.Withheld, name)
		for _, g := range []bulletin.Group{l.Group, d.General.Group} {
			assert.Equal(t, g.Withheld, g.Mean.IsZero() && g.Min.IsZero() && g.Max.IsZero() && g.Rank == 0 && g.Of == 0, name)
		}
		assert.Equal(t, x.group, strings.Contains(html(t, d), ">n.c.<"), name)
		assert.Equal(t, x.group && x.general && x.pupils >= max(5, x.minimum), codes(issues)[bulletin.CodeGeneral] == 1, name)
		if x.minimum != 1 {
			minimum := x.minimum
			if minimum == 0 {
				minimum = 5
			}
			has(t, html(t, d), fmt.Sprintf("n.c. : non communiqué, moins de %d moyennes dans le groupe", minimum))
		}
		assert.Equal(t, !l.Result.Average.IsZero(), true, name)
	}
}

// Absent averages do not make a group greater.
func TestAGroupIsItsAverages(t *testing.T) {
	t.Parallel()
	c := newClass(t, 24, 3)
	c.group(2, 6)
	d, _ := c.make("T2", pupilOne, bulletin.Options{})
	assert.False(t, line(t, d, "t03").Group.Withheld)
	for _, k := range []int{4, 5} {
		c.without(2, "T2", pupilID(k), gradebook.StatusExempt)
	}
	d, _ = c.make("T2", pupilOne, bulletin.Options{})
	assert.True(t, line(t, d, "t03").Group.Withheld)
	d, _ = c.make("T2", pupilID(5), bulletin.Options{})
	assert.Equal(t, gradebook.StatusExempt, line(t, d, "t03").Result.Status)
	assert.True(t, line(t, d, "t03").Group.Withheld, "for who is exempt too")
}

var inputsHash = regexp.MustCompile(`"inputs":"sha256:[0-9a-f]{64}"`)

// written returns all that leaves: the page and the document, without the hash of the inputs.
func written(t *testing.T, d *bulletin.Document) string {
	t.Helper()
	j, err := json.Marshal(d)
	require.NoError(t, err)
	require.Regexp(t, inputsHash, string(j))
	return html(t, d) + inputsHash.ReplaceAllString(string(j), "")
}

// Whatever the others of a small group have, the bulletin is the same to the byte: nothing of theirs can be worked out from it,
// in the table, in the chart, in the written document. The figures of the class on the general line may only differ where
// five others at least are outside of the group.
func TestNothingOfASmallGroupCanBeDeduced(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 9))
	same, differ := 0, 0
	for range 150 {
		pupils, teachings := 2+r.IntN(14), 2+r.IntN(4)
		c := newClass(t, pupils, teachings)
		at := teachings - 1
		in := 1 + r.IntN(min(4, pupils))
		c.group(at, in)
		o := bulletin.Options{
			Rank: r.IntN(2) == 0, Chart: r.IntN(2) == 0, Coefficients: r.IntN(2) == 0, PreviousPeriods: r.IntN(2) == 0, Draft: r.IntN(2) == 0,
		}
		if r.IntN(3) == 0 {
			p := gradebook.RescaledRoundEachLevel()
			o.Policy = &p
		}
		one := pupilID(r.IntN(pupils))
		before, _ := c.make("T2", one, o)
		mean := before.General.Group
		was := written(t, before)
		for k := range in {
			if pupilID(k) == one {
				continue
			}
			for n := range 3 {
				c.mark(teachingID(at), "T2", n, pupilID(k), gradebook.Points(decimal.New(int64(r.IntN(201)), -1)))
			}
		}
		after, _ := c.make("T2", one, o)
		if !mean.Withheld {
			assert.GreaterOrEqual(t, pupils-in, 5)
			before.General.Group, after.General.Group = bulletin.Group{}, bulletin.Group{}
			was = written(t, before)
			differ++
		} else {
			same++
		}
		if is := written(t, after); is != was {
			t.Fatalf("%d of %d pupils, of %s: what the others of the group have shows", in, pupils, one)
		}
	}
	assert.Greater(t, same, 30)
	assert.Greater(t, differ, 30)
}

// The one who is outside of a small group could work out its mean from the general line, did it stand there: this is the attack
// against which the line is withheld.
func TestTheDifferenceAttack(t *testing.T) {
	t.Parallel()
	c := newClass(t, 5, 2)
	for i := range c.book.Room.Teachings {
		c.book.Room.Teachings[i].Coefficient = dec("1")
	}
	c.group(1, 4)
	exactly := gradebook.RescaledRoundLast()
	fine := ent.Rounding{Step: dec("0.0001"), Mode: ent.RoundHalfUp}
	exactly.Rounding.Teaching, exactly.Rounding.General, exactly.Rounding.Statistics = &fine, &fine, &fine
	outsider := pupilID(4)
	open, _ := c.make("T2", outsider, bulletin.Options{Policy: &exactly, MinimumGroup: 1})
	whole, _ := open.General.Group.Mean.Decimal()
	first, _ := line(t, open, "t01").Group.Mean.Decimal()
	own, _ := line(t, open, "t01").Result.Average.Decimal()
	five, four, two := dec("5"), dec("4"), dec("2")
	// Σ of the four (a+b)/2 = 5·whole − own; Σ of their a = 5·first − own.
	worked := whole.Mul(five).Sub(own).Mul(two).Sub(first.Mul(five).Sub(own))
	insider, _ := c.make("T2", pupilOne, bulletin.Options{Policy: &exactly, MinimumGroup: 1})
	secret, _ := line(t, insider, "t02").Group.Mean.Decimal()
	assert.InDelta(t, 0, worked.Sub(secret.Mul(four)).InexactFloat64(), 0.01, "the attack works on what is withheld")
	safe, issues := c.make("T2", outsider, bulletin.Options{Policy: &exactly})
	assert.True(t, safe.General.Group.Withheld)
	assert.Equal(t, 1, codes(issues)[bulletin.CodeGeneral])
}
