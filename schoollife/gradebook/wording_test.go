package gradebook_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// TestTextOfContainersAndBonuses reads what a teacher reads, in both languages.
func TestTextOfContainersAndBonuses(t *testing.T) {
	t.Parallel()
	b := boxes()
	b.in.Containers[0].Coefficient = dec("2")
	b.in.Containers = append(b.in.Containers, gradebook.Container{ID: "bonus", Teaching: "FR", Label: "Bonus", Coefficient: dec("0")})
	b.add("20", "1", points("12.25"), in("oral")).add("20", "1", without(gradebook.StatusAbsentZero), in("ecrit")).
		add("10", "2", points("9"), in("ecrit"), kind(gradebook.KindPointsAboveHalf)).add("20", "1", points("20"), in("bonus")).
		add("40", "1", points("30"), scaleRule(gradebook.ScaleWeighs)).add("20", "1", without("exclu"), in("oral"))
	b.in.Teachings[0].Box.BestMarkBonus = dec("1")
	e, err := compute(t, gradebook.RescaledRoundEachLevel(), b.in).Explain(zoe)
	require.NoError(t, err)
	assert.Equal(t, `Français : 14,4/20 (14,3714…, arrondi à 0,1 près)
  d5 30/40, coefficient 1 + 1 (pondération de la meilleure note) → 60
  Oral : 12,3/20 (12,25, arrondi à 0,1 près)
    d1 12,25/20
    total 12,25 ÷ coefficients 1 = 12,25/20
    12,3/20, coefficient 2 → 24,6
  Écrit : 16/20
    d2 (compte zéro) 0/20
    d3 9/10, 4 au-dessus de la moitié, ramené sur 20, coefficient 2 → 16
    total 16 ÷ coefficients 1 = 16/20
  total 100,6 ÷ coefficients 7 = 14,3714…/20
  Bonus : ne compte pas (coefficient 0)
  d6 : ne compte pas (exclu)
`, e.Text(ent.FR))
	assert.Equal(t, `Français: 14.4/20 (14.3714…, rounded to the nearest 0.1)
  d5 30/40, coefficient 1 + 1 (bonus of the best mark) → 60
  Oral: 12.3/20 (12.25, rounded to the nearest 0.1)
    d1 12.25/20
    total 12.25 ÷ coefficients 1 = 12.25/20
    12.3/20, coefficient 2 → 24.6
  Écrit: 16/20
    d2 (counts as zero) 0/20
    d3 9/10, 4 above half, brought to 20, coefficient 2 → 16
    total 16 ÷ coefficients 1 = 16/20
  total 100.6 ÷ coefficients 7 = 14.3714…/20
  Bonus: does not count (coefficient 0)
  d6: does not count (exclu)
`, e.Text(ent.EN))
}

// TestTextOfAYear explains what is made of periods, of general averages, and what is capped.
func TestTextOfAYear(t *testing.T) {
	t.Parallel()
	e, err := compute(t, gradebook.RescaledRoundLast(), year("12.3", "", "13.0")).Explain(gradebook.Ref{Pupil: "zoe", Teaching: "FR"})
	require.NoError(t, err)
	assert.Equal(t, `moyenne annuelle : FR : 12,7/20 (12,65, arrondi à 0,1 près)
  T1 12,3/20
  T3 13/20
  total 25,3 ÷ périodes 2 = 12,65/20
`, e.Text(ent.FR))
	p := gradebook.BoxesRoundedUp()
	p.Capped = true
	b := newBook().add("20", "1", points("19")).add("20", "1", points("20"), kind(gradebook.KindPointsAboveHalf))
	e, err = compute(t, p, b.in).Explain(zoe)
	require.NoError(t, err)
	assert.Equal(t, `Français : 20/20, plafonnée : 29/20
  d1 19/20
  d2 20/20, 10 au-dessus de la moitié → 10
  total 29 ÷ coefficients 1 = 29/20
`, e.Text(ent.FR))
	e, err = compute(t, p, newBook().add("20", "1", points("12.31")).in).Explain(zoe)
	require.NoError(t, err)
	assert.Contains(t, e.Text(ent.FR), "Français : 12,4/20 (12,31, arrondi à 0,1 par excès)")
}
