package tariff

import (
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

const euro = "EUR"

// trace records how a price is reached. What the sheet says belongs to nobody; what the family's situation makes of it
// belongs to the person who pays.
type trace struct {
	ent.Trace
	owner ent.ID
}

func label(fr, en string) ent.Label { return ent.Label{FR: fr, EN: en} }

func (v val) decimal() decimal.Decimal { return Amount(v).Decimal() }

// source names a place of the sheet; it is made once a place.
func (e *eval) source(path string) string {
	if s, ok := e.s.sources[path]; ok {
		return s
	}
	return e.s.doc.ID + path[1:]
}

// sheet records a number of the sheet.
func (t *trace) sheet(e *eval, v decimal.Decimal, unit string, what ent.Label, path string, params ...ent.Param) {
	t.Push(ent.Step{Op: ent.OpGiven, Value: v, Unit: unit, Label: what, Source: e.source(path), Params: params})
}

// given records a number of the family.
func (t *trace) given(v decimal.Decimal, unit string, what ent.Label, params ...ent.Param) {
	t.Push(ent.Step{Op: ent.OpGiven, Value: v, Unit: unit, Label: what, Owner: t.owner, Params: params})
}

// fold records a number made of the last n ones.
func (t *trace) fold(n int, op ent.Op, v decimal.Decimal, unit string, what ent.Label) {
	t.Fold(n, ent.Step{Op: op, Value: v, Unit: unit, Label: what, Owner: t.owner})
}

// because records that the last number was chosen for a reason. A social situation or a matter of health is a step for the
// person concerned alone; whoever may read the rest sees that a detail is reserved.
func (t *trace) because(e *eval, v decimal.Decimal, unit string, what ent.Label, c *Condition) {
	n := 1
	if c != nil {
		if !c.sensitive() {
			what = e.s.withCondition(what, c)
		} else {
			text := e.s.said[c]
			t.Push(ent.Step{
				Op: ent.OpGiven, Value: decimal.New(1, 0), Owner: t.owner, Audience: ent.AudienceConcerned,
				Label: label("situation : "+text.FR, "situation: "+text.EN),
			})
			n = 2
		}
	}
	t.fold(n, ent.OpChoose, v, unit, what)
}

func (t *trace) flat(e *eval, r *rule) {
	t.sheet(e, r.flat.decimal(), euro, titled(r.doc.Title, e.a.doc.Title), r.path)
}

func (t *trace) chosenRule(e *eval, r *rule) {
	t.because(e, e.unit.decimal(), euro, titled(r.doc.Title, label("prix applicable", "price that applies")), r.doc.When)
}

func titled(title *ent.Label, otherwise ent.Label) ent.Label {
	if title != nil {
		return *title
	}
	return otherwise
}

func (t *trace) quotient(e *eval) {
	what := label(e.in.Quotient.kind.Label(ent.FR), e.in.Quotient.kind.Label(ent.EN))
	if what.FR == "" {
		what = label("quotient familial", "family quotient")
	}
	t.given(e.in.Quotient.Decimal(), euro, what)
}

func (t *trace) band(e *eval, b *bands, q int64, before, row, column int) {
	unit := euro
	if b.share {
		unit = "%"
	}
	r := &b.doc.Rows[row]
	text, params := r.label()
	t.Push(ent.Step{Op: ent.OpGiven, Value: e.unit.decimal(), Unit: unit, Label: text, Source: b.sources[row], Params: params})
	if len(b.columns) > 0 {
		c := &b.doc.Columns[column]
		t.because(e, e.unit.decimal(), unit, titled(c.Title, label("colonne", "column")), c.When)
	}
	if before != row {
		// The move is said once, whatever the number of rules that made it.
		for i := range b.shift {
			if holds, _ := e.holds(b.shift[i]); holds {
				s := &b.doc.Shift[i]
				t.because(e, e.unit.decimal(), unit, titled(s.Title, label("changement de tranche", "another band")), s.When)
			}
		}
	}
	if q == topQuotient {
		t.fold(1, ent.OpChoose, e.unit.decimal(), unit, label("quotient non fourni : tranche la plus haute", "no quotient given: the highest band"))
		return
	}
	t.quotient(e)
	t.fold(2, ent.OpChoose, e.unit.decimal(), unit, label("valeur de la tranche du quotient", "value of the band of the quotient"))
}

// label says in words which quotients a row holds.
func (r *Row) label() (ent.Label, []ent.Param) {
	var params []ent.Param
	fr, en := "tranche", "band"
	switch {
	case r.From != nil:
		params = append(params, ent.Decimal("low", *r.From))
		fr, en = fr+" à partir de {low}", en+" from {low}"
	case r.Above != nil:
		params = append(params, ent.Decimal("low", *r.Above))
		fr, en = fr+" au-dessus de {low}", en+" above {low}"
	}
	switch {
	case r.To != nil:
		params = append(params, ent.Decimal("high", *r.To))
		fr, en = fr+" jusqu'à {high} inclus", en+" up to {high} included"
	case r.Below != nil:
		params = append(params, ent.Decimal("high", *r.Below))
		fr, en = fr+" jusqu'à moins de {high}", en+" up to less than {high}"
	}
	return label(fr, en), params
}

// Label says in words which quotients the row holds, such as "tranche à partir de 400 jusqu'à moins de 640".
func (r *Row) Label(lang ent.Lang) string {
	text, params := r.label()
	return fill(text.In(lang), lang, params)
}

func (t *trace) share(e *eval, b *bands, percent, of val) {
	t.Push(ent.Step{Op: ent.OpGiven, Value: decimal.New(100, 0), Unit: "%", Label: label("le tout", "the whole")})
	t.fold(2, ent.OpQuotient, val{percent.n, percent.d * 100}.decimal(), "", label("part à payer", "share to pay"))
	if b.of.d != 0 {
		t.sheet(e, of.decimal(), euro, label("prix de référence", "reference price"), b.path)
	} else {
		t.given(of.decimal(), euro, label("coût", "cost"))
	}
	t.fold(2, ent.OpProduct, e.unit.decimal(), euro, label("part du prix", "share of the price"))
}

func (t *trace) linear(e *eval, l *linear, q int64, i int) {
	p := l.doc.Points
	at := func(i int) string { return index(l.path+".points", i) }
	price := label("prix du point de quotient {q}", "price of the point of quotient {q}")
	reason := label("prix constant hors des points", "price that stays beyond the points")
	last := len(p) - 1
	switch {
	case i >= 0 && i < last && q != topQuotient:
		dx, dy := p[i+1].Quotient.Sub(p[i].Quotient), p[i+1].Price.Sub(p[i].Price)
		t.sheet(e, p[i].Price, euro, price, at(i), ent.Decimal("q", p[i].Quotient))
		t.sheet(e, p[i+1].Price, euro, price, at(i+1), ent.Decimal("q", p[i+1].Quotient))
		t.sheet(e, p[i].Price, euro, price, at(i), ent.Decimal("q", p[i].Quotient))
		t.Fold(2, ent.Step{Op: ent.OpDifference, Value: dy, Unit: euro, Label: label("de l'un à l'autre", "from one to the other")})
		t.quotient(e)
		t.sheet(e, p[i].Quotient, euro, label("quotient du point", "quotient of the point"), at(i))
		above := e.in.Quotient.Decimal().Sub(p[i].Quotient)
		t.fold(2, ent.OpDifference, above, euro, label("quotient au-delà du point", "quotient beyond the point"))
		rise := new(big.Rat).Mul(dy.Rat(), above.Rat())
		t.fold(2, ent.OpProduct, ent.Written(rise), "", label("en proportion", "in proportion"))
		t.sheet(e, p[i+1].Quotient, euro, label("quotient du point", "quotient of the point"), at(i+1))
		t.sheet(e, p[i].Quotient, euro, label("quotient du point", "quotient of the point"), at(i))
		t.Fold(2, ent.Step{Op: ent.OpDifference, Value: dx, Unit: euro, Label: label("d'un point à l'autre", "from one point to the other")})
		rise.Quo(rise, dx.Rat())
		t.fold(2, ent.OpQuotient, ent.Written(rise), euro, label("ajouté au prix du point", "added to the price of the point"))
		t.fold(2, ent.OpSum, e.unit.decimal(), euro, label("prix sur la droite", "price on the line"))
		return
	case i < 0:
		t.sheet(e, p[0].Price, euro, price, at(0), ent.Decimal("q", p[0].Quotient))
	case l.above.d != 0 && (q == topQuotient || q > l.points[last].x):
		t.sheet(e, *l.doc.Above, euro, label("prix au-delà du dernier point", "price beyond the last point"), l.path+".above")
	default:
		t.sheet(e, p[last].Price, euro, price, at(last), ent.Decimal("q", p[last].Quotient))
	}
	if q == topQuotient {
		t.fold(1, ent.OpChoose, e.unit.decimal(), euro, label("quotient non fourni : prix le plus haut", "no quotient given: the highest price"))
		return
	}
	t.quotient(e)
	t.fold(2, ent.OpChoose, e.unit.decimal(), euro, reason)
}

func (t *trace) effort(e *eval, f *effort, q int64) {
	if q == topQuotient {
		t.sheet(e, *f.doc.Max, euro, label("plafond", "ceiling"), f.path+".max")
		t.fold(1, ent.OpChoose, e.unit.decimal(), euro, label("quotient non fourni : plafond", "no quotient given: the ceiling"))
		return
	}
	t.percent(e, f.doc.Percent, label("taux d'effort", "effort rate"), f.path+".percent")
	t.quotient(e)
	v := val{e.mul(f.rate.n, q), f.rate.d}
	t.fold(2, ent.OpProduct, v.decimal(), euro, label("taux × quotient", "rate × quotient"))
	if f.min.d != 0 {
		t.sheet(e, *f.doc.Min, euro, label("plancher", "floor"), f.path+".min")
		if less(v, f.min) {
			v = f.min
		}
		t.fold(2, ent.OpMax, v.decimal(), euro, label("pas moins que le plancher", "not less than the floor"))
	}
	if f.max.d != 0 {
		t.sheet(e, *f.doc.Max, euro, label("plafond", "ceiling"), f.path+".max")
		if less(f.max, v) {
			v = f.max
		}
		t.fold(2, ent.OpMin, v.decimal(), euro, label("pas plus que le plafond", "not more than the ceiling"))
	}
}

// percent records a percentage of the sheet as a number: 0.36 % is 0.36 / 100.
func (t *trace) percent(e *eval, p decimal.Decimal, what ent.Label, path string) {
	t.sheet(e, p, "%", what, path)
	t.Push(ent.Step{Op: ent.OpGiven, Value: decimal.New(100, 0), Unit: "%", Label: label("le tout", "the whole")})
	t.Fold(2, ent.Step{Op: ent.OpQuotient, Value: p.Shift(-2), Label: what})
}

func (t *trace) psu(e *eval, p *psu, at int) {
	in := e.in
	t.given(in.Resources.Decimal(), euro, label("ressources de l'année", "resources of the year"))
	t.Push(ent.Step{Op: ent.OpGiven, Value: decimal.New(12, 0), Label: label("mois", "months")})
	v := e.times(val(in.Resources), val{1, 12})
	t.fold(2, ent.OpQuotient, v.decimal(), euro, label("ressources du mois", "resources of a month"))
	t.sheet(e, p.doc.Floor, euro, label("plancher", "floor"), p.path+".floor")
	if less(v, p.floor) {
		v = p.floor
	}
	t.fold(2, ent.OpMax, v.decimal(), euro, label("pas moins que le plancher", "not less than the floor"))
	t.sheet(e, p.doc.Ceiling, euro, label("plafond", "ceiling"), p.path+".ceiling")
	if less(p.ceiling, v) {
		v = p.ceiling
	}
	t.fold(2, ent.OpMin, v.decimal(), euro, label("pas plus que le plafond", "not more than the ceiling"))
	r := &p.doc.Rates[at]
	t.percent(e, r.Percent, label("taux d'effort horaire", "hourly effort rate"), index(p.path+".rates", at))
	n := 1
	t.Push(ent.Step{
		Op: ent.OpGiven, Value: decimal.New(int64(in.Children), 0), Label: label("enfants à charge", "dependent children"), Owner: t.owner,
	})
	n++
	if in.DisabledChildren > 0 {
		t.Push(ent.Step{
			Op: ent.OpGiven, Value: decimal.New(int64(in.DisabledChildren), 0), Owner: t.owner, Audience: ent.AudienceConcerned,
			Label: label("enfants en situation de handicap", "disabled children"),
		})
		n++
	}
	t.fold(n, ent.OpChoose, p.rates[at].decimal(), "", label("taux du nombre d'enfants", "rate of the number of children"))
	t.fold(2, ent.OpProduct, e.unit.decimal(), euro, label("prix d'une heure", "price of an hour"))
}

func (t *trace) modified(e *eval, m *modifier, after val) {
	d := m.doc
	what := titled(d.Title, label("modification", "modification"))
	audience, owner := ent.AudienceEveryone, ent.ID("")
	if d.When != nil && d.When.sensitive() {
		audience, owner = ent.AudienceConcerned, t.owner
	}
	var result ent.Label
	if audience == ent.AudienceConcerned {
		result = label("après modification", "after a modification")
	} else {
		result = what
		if d.When != nil {
			result = e.s.withCondition(what, d.When)
		}
	}
	push := func(v decimal.Decimal, unit string, l ent.Label) {
		t.Push(ent.Step{Op: ent.OpGiven, Value: v, Unit: unit, Label: l, Source: e.source(m.path), Audience: audience, Owner: owner})
	}
	op, chosen := ent.OpSum, 0
	switch {
	case d.Add != nil:
		push(*d.Add, euro, what)
	case d.Multiply != nil:
		push(*d.Multiply, "", what)
		op = ent.OpProduct
	case d.Percent != nil:
		hundred := decimal.New(100, 0)
		push(hundred, "%", label("le tout", "the whole"))
		push(*d.Percent, "%", what)
		t.Fold(2, ent.Step{Op: ent.OpSum, Value: hundred.Add(*d.Percent), Unit: "%", Label: what, Audience: audience, Owner: owner})
		push(hundred, "%", label("le tout", "the whole"))
		t.Fold(2, ent.Step{Op: ent.OpQuotient, Value: m.value.decimal(), Label: what, Audience: audience, Owner: owner})
		op = ent.OpProduct
	case d.Replace != nil:
		push(*d.Replace, euro, what)
		op, chosen = ent.OpChoose, 1
	case d.Min != nil:
		push(*d.Min, euro, label("plancher", "floor"))
		op = ent.OpMax
	case d.Max != nil:
		push(*d.Max, euro, label("plafond", "ceiling"))
		op = ent.OpMin
	}
	t.Fold(2, ent.Step{Op: op, Value: after.decimal(), Unit: euro, Label: result, Owner: t.owner, Chosen: chosen})
}

func (t *trace) deducted(e *eval, p *thirdParty, part val) {
	audience, owner := ent.AudienceEveryone, ent.ID("")
	if p.doc.When != nil && p.doc.When.sensitive() {
		audience, owner = ent.AudienceConcerned, t.owner
	}
	t.Push(ent.Step{
		Op: ent.OpGiven, Value: part.decimal(), Unit: euro, Source: e.source(p.path), Audience: audience, Owner: owner,
		Label: label("part prise en charge", "part paid by a third party"),
	})
	t.fold(2, ent.OpDifference, e.unit.decimal(), euro, label("après prise en charge", "after the third party's part"))
}

func (t *trace) rounded(e *eval, before, after val) {
	if !less(before, after) && !less(after, before) {
		return
	}
	rule := e.s.doc.Rounding.Rule()
	t.Fold(1, ent.Step{Op: ent.OpRound, Value: after.decimal(), Unit: euro, Rounding: &rule, Owner: t.owner, Label: e.a.doc.Title})
}

func (t *trace) quantity(e *eval) {
	if d := e.a.duration; d != nil {
		t.duration(e, d)
	} else {
		if e.quantity == 1 {
			return
		}
		t.given(decimal.New(int64(e.quantity), 0), "", label("quantité", "quantity"))
	}
	t.fold(2, ent.OpProduct, e.amount.decimal(), euro, label("prix de la quantité", "price of the quantity"))
}

// duration records the units begun: not less than one, the minutes beyond the tolerance by unit, rounded up.
func (t *trace) duration(e *eval, d *Duration) {
	if d.Count == CountEach || e.minutes == 0 {
		t.given(decimal.New(int64(e.quantity), 0), "", label("unités commencées, {minutes} minutes comptées", "units begun, {minutes} minutes counted"),
			ent.Count("minutes", int64(e.minutes)))
		return
	}
	t.Push(ent.Step{Op: ent.OpGiven, Value: decimal.New(1, 0), Label: label("au moins une unité", "at least one unit")})
	t.given(decimal.New(int64(e.minutes), 0), "min", label("minutes comptées", "minutes counted"))
	at := e.a.path + ".duration"
	t.sheet(e, decimal.New(int64(d.Tolerance), 0), "min", label("tolérance", "tolerance"), at+".tolerance")
	t.fold(2, ent.OpDifference, decimal.New(int64(e.minutes-d.Tolerance), 0), "min", label("minutes au-delà de la tolérance", "minutes beyond the tolerance"))
	t.sheet(e, decimal.New(int64(d.Unit), 0), "min", label("durée d'une unité", "length of a unit"), at+".unit")
	exact := big.NewRat(int64(e.minutes-d.Tolerance), int64(d.Unit))
	t.fold(2, ent.OpQuotient, ent.Written(exact), "", label("unités", "units"))
	up := ent.Rounding{Step: decimal.New(1, 0), Mode: ent.RoundCeiling}
	whole := (e.minutes - d.Tolerance + d.Unit - 1) / d.Unit
	if e.minutes < d.Tolerance {
		whole = -((d.Tolerance - e.minutes) / d.Unit)
	}
	t.Fold(1, ent.Step{Op: ent.OpRound, Value: decimal.New(int64(whole), 0), Rounding: &up, Owner: t.owner, Label: label("unités commencées", "units begun")})
	t.fold(2, ent.OpMax, decimal.New(int64(e.quantity), 0), "", label("unités comptées", "units counted"))
}
