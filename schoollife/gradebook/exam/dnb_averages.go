package exam

import (
	"fmt"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// averages is the result from 2026: a mean on 20.
func (d *DNB) averages(in *DNBInput, r *reckoning, out *Result) error {
	r.unused(len(in.Socle) > 0, "$.socle", "socle")
	r.unused(in.Complement != "", "$.complement", "complement")
	individual := in.Candidate == CandidateIndividual
	papers := d.Papers
	var parts []*big.Rat
	if individual {
		papers = d.Individual
		r.doubt(CodeUnverifiedIndividual)
		r.unused(len(in.Averages) > 0, "$.averages", "averages")
		r.unused(len(in.Optional) > 0, "$.optional", "optional")
	} else {
		cc, other, err := d.continuous(in, r)
		if err != nil {
			return err
		}
		if cc != nil {
			out.Continuous = Known(ent.Written(cc))
			parts = []*big.Rat{r.share(cc, d.Averages.Continuous), other}
		}
	}
	exam, err := d.exam(papers, in.Marks, r)
	if err != nil {
		return err
	}
	if exam != nil {
		out.Exam = Known(ent.Written(exam))
	}
	if r.undecided {
		return nil
	}
	final := exam
	var otherFinal *big.Rat
	if !individual {
		part := r.share(exam, d.Averages.Exam)
		final = new(big.Rat).Add(parts[0], part)
		if r.t != nil {
			r.fold(2, ent.OpSum, final, over20, label("note finale exacte", "exact final mark"))
		}
		if parts[1] != nil {
			otherFinal = new(big.Rat).Mul(parts[1], d.Averages.Continuous.Rat())
			otherFinal.Add(otherFinal, part)
		}
	}
	if final, err = r.round(final, d.Rounding.Final, label("note finale arrondie", "final mark, rounded")); err != nil {
		return err
	}
	if otherFinal != nil {
		if d.Rounding.Final != nil {
			v, err := d.Rounding.Final.Round(otherFinal)
			if err != nil {
				return fmt.Errorf("exam: %w", err)
			}
			otherFinal = v.Rat()
		}
		d1, m1 := d.Thresholds.decide(final)
		if d2, m2 := d.Thresholds.decide(otherFinal); d1 != d2 || m1 != m2 {
			r.add(issue(CodeReading, "$.optional"))
		}
	}
	return r.finish(out, final, final, over20, &d.Thresholds, d.Published)
}

// share returns a part of the final mark.
func (r *reckoning) share(v *big.Rat, share decimal.Decimal) *big.Rat {
	out := new(big.Rat).Mul(v, share.Rat())
	if r.t != nil {
		r.constant(share, label("part dans la note finale", "share of the final mark"))
		r.fold(2, ent.OpProduct, out, over20, label("part de la note finale", "part of the final mark"))
	}
	return out
}

// exam returns the mean of the papers, nil when something is missing.
func (d *DNB) exam(papers []Paper, marks []Mark, r *reckoning) (*big.Rat, error) {
	lacked := r.undecided
	r.undecided = false
	defer func() { r.undecided = r.undecided || lacked }()
	w := r.weigh(papers, r.sorted(marks, "$.marks", papers), nil, "$.marks")
	if r.undecided {
		return nil, nil //nolint:nilnil // no mean and no error: the issues say what is missing
	}
	mean, ok := w.mean()
	if !ok {
		r.lack(codeIssue(CodeMissing, "$.marks", "marks"))
		return nil, nil //nolint:nilnil // as above
	}
	r.quotient(&w, mean, label("épreuves", "papers"))
	return r.round(mean, d.Rounding.Exam, label("épreuves, arrondi", "papers, rounded"))
}

// continuous returns the contrôle continu, nil when something is missing, and what it would be by the other reading of the
// bonus, nil when both are alike.
func (d *DNB) continuous(in *DNBInput, r *reckoning) (cc, other *big.Rat, err error) {
	total, n, err := d.total(in.Averages, r)
	if err != nil {
		return nil, nil, err
	}
	if r.undecided {
		return nil, nil, nil
	}
	if n == 0 {
		r.lack(codeIssue(CodeMissing, "$.averages", "averages"))
		return nil, nil, nil
	}
	count := decimal.NewFromInt(int64(n))
	if r.t != nil {
		r.fold(n, ent.OpSum, total, "", label("total des moyennes annuelles", "total of the annual averages"))
	}
	onMean := d.Averages.Bonus == BonusOnMean
	if onMean {
		total = r.divide(total, count)
	}
	bonus, err := d.bonus(in.Optional, r)
	if err != nil || r.undecided {
		return nil, nil, err
	}
	cc = total
	if bonus != nil {
		cc = new(big.Rat).Add(total, bonus)
		if r.t != nil {
			r.fold(2, ent.OpSum, cc, "", label("avec les points de l'enseignement facultatif", "with the points of the optional subject"))
		}
	}
	if !onMean {
		cc = r.divide(cc, count)
	}
	if bonus != nil && bonus.Sign() > 0 {
		r.doubt(CodeUnverifiedBonus)
		// cc = (total + bonus)/n or total/n + bonus: one reading from the other.
		gap := new(big.Rat).Sub(bonus, new(big.Rat).Quo(bonus, count.Rat()))
		if onMean {
			gap.Neg(gap)
		}
		other = d.capped(gap.Add(cc, gap))
	}
	if bonus != nil || cc.Cmp(d.Averages.Cap.Rat()) > 0 {
		cc = d.capped(cc)
		if r.t != nil {
			r.constant(d.Averages.Cap, label("plafond du contrôle continu", "cap of the continuous assessment"))
			r.fold(2, ent.OpMin, cc, over20, label("contrôle continu plafonné", "continuous assessment, capped"))
		}
	}
	what := label("contrôle continu, arrondi", "continuous assessment, rounded")
	if other != nil && d.Rounding.Continuous != nil {
		v, err := d.Rounding.Continuous.Round(other)
		if err != nil {
			return nil, nil, fmt.Errorf("exam: %w", err)
		}
		other = v.Rat()
	}
	cc, err = r.round(cc, d.Rounding.Continuous, what)
	return cc, other, err
}

func (d *DNB) capped(v *big.Rat) *big.Rat {
	if most := d.Averages.Cap.Rat(); v.Cmp(most) > 0 {
		return most
	}
	return v
}

// divide returns the mean of the averages.
func (r *reckoning) divide(total *big.Rat, count decimal.Decimal) *big.Rat {
	out := new(big.Rat).Quo(total, count.Rat())
	if r.t != nil {
		r.given(count, "", label("nombre d'enseignements obligatoires", "number of mandatory subjects"))
		r.fold(2, ent.OpQuotient, out, over20, label("contrôle continu", "continuous assessment"))
	}
	return out
}

// total adds the annual averages that count. With a trace, it leaves one step for each.
func (d *DNB) total(averages []Average, r *reckoning) (*big.Rat, int, error) {
	sum, n := new(big.Rat), 0
	if len(averages) > maxList {
		r.lack(issue(CodeSize, "$.averages", ent.Count("max", maxList)))
		return sum, 0, nil
	}
	seen := map[string]bool{}
	for i := range averages {
		a := &averages[i]
		at := fmt.Sprintf("$.averages[%d]", i)
		if seen[a.Subject] {
			r.lack(codeIssue(CodeTwice, at, a.Subject))
			continue
		}
		seen[a.Subject] = true
		if a.Dispensed && a.given() {
			r.lack(codeIssue(CodeTwice, at, a.Subject))
			continue
		}
		if a.Dispensed {
			r.doubt(CodeUnverifiedDispensed)
			continue
		}
		v, err := d.annual(a, at, r)
		if err != nil {
			return nil, 0, err
		}
		if v != nil {
			sum.Add(sum, v)
			n++
		}
	}
	return sum, n, nil
}

// given reports whether something of the average is known.
func (a *Average) given() bool {
	return !a.Annual.IsZero() || !a.Council.IsZero() || len(a.Periods) > 0
}

// annual returns the annual average of a subject, nil when it is missing or pending, which is filed. With a trace, it
// leaves one step.
func (d *DNB) annual(a *Average, at string, r *reckoning) (*big.Rat, error) {
	if !a.Annual.IsZero() && len(a.Periods) > 0 {
		r.lack(codeIssue(CodeTwice, at, a.Subject))
		return nil, nil //nolint:nilnil // no average and no error: the issues say why
	}
	what, of := label("moyenne annuelle, {code}", "annual average, {code}"), ent.CodeOf("code", a.Subject)
	value := a.Annual
	if !a.Council.IsZero() {
		r.add(codeIssue(CodeCouncil, at, a.Subject))
		r.doubt(CodeUnverifiedPending)
		value, what = a.Council, label("moyenne annuelle fixée par le conseil de classe, {code}", "annual average set by the class council, {code}")
	}
	var exact *big.Rat
	if v, known := value.Value(); known {
		if !mark20(v) {
			r.lack(issue(CodeNumber, at))
			return nil, nil //nolint:nilnil // as above
		}
		exact = v.Rat()
		if r.t != nil {
			r.given(v, over20, what, of)
		}
	} else if exact = r.periods(a, at); exact == nil {
		return nil, nil //nolint:nilnil // as above
	}
	return r.round(exact, d.Rounding.Average, label("moyenne annuelle arrondie", "annual average, rounded"))
}

func mark20(v decimal.Decimal) bool { return inLimits(v) && v.Sign() >= 0 && !v.GreaterThan(twenty()) }

// periods returns the mean of the averages of the periods.
func (r *reckoning) periods(a *Average, at string) *big.Rat {
	if len(a.Periods) > maxList {
		r.lack(issue(CodeSize, at, ent.Count("max", maxList)))
		return nil
	}
	sum, n, missing := new(big.Rat), 0, false
	for _, p := range a.Periods {
		if p.Pending {
			r.lack(codeIssue(CodePending, at, a.Subject))
			r.doubt(CodeUnverifiedPending)
			return nil
		}
		v, known := p.Value.Value()
		switch {
		case !known:
			missing = true
			continue
		case !mark20(v):
			r.lack(issue(CodeNumber, at))
			return nil
		}
		sum.Add(sum, v.Rat())
		n++
	}
	if n == 0 {
		r.lack(codeIssue(CodeMissing, at, a.Subject))
		return nil
	}
	if missing {
		r.add(codeIssue(CodePeriod, at, a.Subject))
	}
	out := new(big.Rat).Quo(sum, ratOf(n))
	if r.t != nil {
		for _, p := range a.Periods {
			if v, known := p.Value.Value(); known {
				r.given(v, over20, label("moyenne d'une période", "average of a period"))
			}
		}
		r.fold(n, ent.OpSum, sum, "", label("total des périodes", "total of the periods"))
		r.constant(decimal.NewFromInt(int64(n)), label("nombre de périodes", "number of periods"))
		r.fold(2, ent.OpQuotient, out, over20, label("moyenne annuelle, {code}", "annual average, {code}"), ent.CodeOf("code", a.Subject))
	}
	return out
}

// bonus returns the points of the best optional subject above the mark of the rules, nil without any average. With a
// trace, it leaves one step.
func (d *DNB) bonus(optional []Average, r *reckoning) (*big.Rat, error) {
	if len(optional) > maxList {
		r.lack(issue(CodeSize, "$.optional", ent.Count("max", maxList)))
		return nil, nil //nolint:nilnil // no bonus and no error: the issues say why
	}
	above := d.Averages.BonusAbove.Rat()
	best, n := new(big.Rat), 0
	for i := range optional {
		a := &optional[i]
		if !a.given() {
			// An optional subject that was not followed takes nothing away.
			r.add(fieldIssue(CodeNotUsed, fmt.Sprintf("$.optional[%d]", i), "optional"))
			continue
		}
		v, err := d.annual(a, fmt.Sprintf("$.optional[%d]", i), r)
		if err != nil {
			return nil, err
		}
		if v == nil {
			continue
		}
		points := new(big.Rat).Sub(v, above)
		if r.t != nil {
			r.constant(d.Averages.BonusAbove, label("note au-dessus de laquelle les points comptent", "mark above which points count"))
			r.fold(2, ent.OpDifference, points, "", label("points de l'enseignement facultatif", "points of the optional subject"))
		}
		n++
		if points.Cmp(best) > 0 {
			best = points
		}
	}
	if n == 0 {
		return nil, nil //nolint:nilnil // as above
	}
	if n > 1 {
		r.add(issue(CodeBest, "$.optional"))
	}
	if r.t != nil {
		r.constant(decimal.Decimal{}, label("sans effet sous ce seuil", "without effect below"))
		r.fold(n+1, ent.OpMax, best, "", label("points qui comptent", "points that count"))
	}
	return best, nil
}
