package tariff

import (
	"maps"
	"math"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// A compiled sheet compares numbers, not texts: the dictionary gives a number to each word that a condition uses, and a use
// is turned into numbers once, for the criteria that its activity asks for.

type checkKind uint8

const (
	checkResidence checkKind = iota
	checkRegime
	checkBooking
	checkPresence
	checkLevel
	checkDay
	checkGuest
	checkStatus
	checkPAI
	checkRank
	checkEnrolledRank
	checkPresent
	checkEnrolled
	checkChildren
	checkMinutes
	checkEndsAfter
	checkStartsBefore
	checkQuotient
	checkQuotientMissing
	checkCustom // the first of maxCustom

	maxCustom = 6
	kindCount = int(checkCustom) + maxCustom
)

// The numbers of words. A word is a bit of a check's mask.
const (
	wordMissing = 0
	wordUnknown = 1 // one that no condition uses
	firstWord   = 2
	maxWords    = 63
)

// The numbers of what is true or false.
const (
	isFalse = 1
	isTrue  = 2
)

type dictionary struct {
	words      [kindCount][]string
	statuses   []string
	custom     []string
	activities []string
	kinds      []kindName
	issues     ent.Issues
}

type kindName struct {
	kind quotient.Kind
	name string
	// number is that of a known kind: numbers are compared faster than texts.
	number uint8
}

// kindNumber returns the number of a kind of package quotient, 0 for another one.
func kindNumber(k quotient.Kind) uint8 {
	switch k {
	case quotient.KindCAF:
		return 1
	case quotient.KindMSA:
		return 2
	case quotient.KindRFRPerPart:
		return 3
	case quotient.KindRFRPerPerson:
		return 4
	case quotient.KindRFRTwelfth:
		return 5
	case quotient.KindMunicipal:
		return 6
	}
	return 0
}

// newDictionary collects the activities of the sheets; words come as conditions are compiled.
func newDictionary(sheets []*Tariff) *dictionary {
	d := &dictionary{}
	for _, t := range sheets {
		for i := range t.Activities {
			if id := t.Activities[i].ID; !slices.Contains(d.activities, id) {
				d.activities = append(d.activities, id)
			}
		}
		for _, w := range t.allConditions() {
			d.addCustom(w)
		}
		if len(d.custom) > maxCustom || len(t.Quotient.Kinds) > maxWords {
			d.issues = append(d.issues, catalog().New(CodeParameter, t.places.at("$"), "$", ent.FieldOf("field", "custom")))
			d.custom = d.custom[:min(len(d.custom), maxCustom)]
		}
	}
	return d
}

// allConditions returns the conditions of the sheet as they are written.
func (t *Tariff) allConditions() []*Condition {
	var out []*Condition
	add := func(c *Condition) {
		if c != nil {
			out = append(out, c)
		}
	}
	bands := func(b *Bands) {
		if b == nil {
			return
		}
		for i := range b.Columns {
			add(b.Columns[i].When)
		}
		for i := range b.Shift {
			add(b.Shift[i].When)
		}
	}
	for i := range t.Activities {
		a := &t.Activities[i]
		for j := range a.Rules {
			add(a.Rules[j].When)
			bands(a.Rules[j].Bands)
			if s := a.Rules[j].Share; s != nil {
				bands(&s.Bands)
			}
		}
		for j := range a.Modifiers {
			add(a.Modifiers[j].When)
		}
		for j := range a.ThirdParty {
			add(a.ThirdParty[j].When)
		}
	}
	return out
}

func (d *dictionary) addCustom(w *Condition) {
	for _, name := range slices.Sorted(maps.Keys(w.Custom)) {
		if !slices.Contains(d.custom, name) {
			d.custom = append(d.custom, name)
		}
	}
}

// activity returns the number of an activity, -1 for one that no sheet has.
func (d *dictionary) activity(name string) int32 {
	for i := range d.activities {
		if d.activities[i] == name {
			return int32(i) //nolint:gosec // a list of documents
		}
	}
	return -1
}

// kindsOf returns the bits of the kinds of a sheet.
func (d *dictionary) kindsOf(list []string) uint64 {
	var mask uint64
	for _, k := range list {
		kind, name := splitKind(k)
		one := kindName{kind, name, kindNumber(kind)}
		at := slices.Index(d.kinds, one)
		if at < 0 {
			d.kinds = append(d.kinds, one)
			at = len(d.kinds) - 1
		}
		mask |= 1 << min(at, maxWords)
	}
	return mask
}

// kindBits returns the bits of the kinds that a quotient is.
func (d *dictionary) kindBits(q *Quotient) uint64 {
	var mask uint64
	for i := range d.kinds {
		k := &d.kinds[i]
		if k.number == q.number && (k.number != 0 || k.kind == q.kind) && (k.name == "" || k.name == q.name) {
			mask |= 1 << min(i, maxWords)
		}
	}
	return mask
}

// mask returns the bits of some words, which get a number when they have none.
func (d *dictionary) mask(k checkKind, list []string) uint64 {
	var out uint64
	for _, w := range list {
		at := slices.Index(d.words[k], w)
		if at < 0 {
			d.words[k] = append(d.words[k], w)
			at = len(d.words[k]) - 1
		}
		if at+firstWord > maxWords {
			d.issues = append(d.issues, catalog().New(CodeParameter, ent.Pos{}, "$", ent.FieldOf("field", "when")))
			break
		}
		out |= 1 << (at + firstWord)
	}
	return out
}

// number returns the number of a word.
func (d *dictionary) number(k checkKind, w string) int16 {
	if w == "" {
		return wordMissing
	}
	for i, x := range d.words[k] {
		if x == w {
			return int16(i + firstWord) //nolint:gosec // at most maxWords
		}
	}
	return wordUnknown
}

// statusMask returns the bits of some statuses.
func (d *dictionary) statusMask(list []string) uint64 {
	var out uint64
	for _, s := range list {
		at := slices.Index(d.statuses, s)
		if at < 0 {
			d.statuses = append(d.statuses, s)
			at = len(d.statuses) - 1
		}
		out |= 1 << min(at, maxWords)
	}
	return out
}

// check is one criterion of a condition.
type check struct {
	kind checkKind
	mode checkMode
	mask uint64 // of words or statuses
	// lo and hi bound a number, or are edges of quotients.
	lo, hi int64
}

type checkMode uint8

const (
	modeWord checkMode = iota
	modeNumber
	modeStatus
	modeQuotient
)

// condition holds when all its checks do; an empty one always holds.
type condition []check

func (c compiler) condition(w *Condition) condition {
	if w == nil {
		return nil
	}
	var out condition
	list := func(k checkKind, words []string) {
		if len(words) > 0 {
			out = append(out, check{kind: k, mask: c.dict.mask(k, words)})
		}
	}
	number := func(k checkKind, lo, hi int64) { out = append(out, check{kind: k, mode: modeNumber, lo: lo, hi: hi}) }
	bounds := func(k checkKind, r *Range) {
		if r == nil {
			return
		}
		lo, hi := int64(0), int64(lastDay)
		if r.Min != nil {
			lo = int64(*r.Min)
		}
		if r.Max != nil {
			hi = int64(*r.Max)
		}
		number(k, lo, hi)
	}
	flag := func(k checkKind, b *bool) {
		switch {
		case b == nil:
		case *b:
			out = append(out, check{kind: k, mask: 1 << isTrue})
		default:
			out = append(out, check{kind: k, mask: 1 << isFalse})
		}
	}
	list(checkResidence, words(w.Residence...))
	list(checkRegime, words(w.Regime...))
	if len(w.Status) > 0 {
		out = append(out, check{kind: checkStatus, mode: modeStatus, mask: c.dict.statusMask(words(w.Status...))})
	}
	list(checkBooking, words(w.Booking...))
	list(checkPresence, words(w.Presence...))
	list(checkLevel, words(w.Level...))
	list(checkDay, words(w.Day...))
	list(checkGuest, words(w.Guest...))
	flag(checkPAI, w.PAI)
	bounds(checkRank, w.Rank)
	bounds(checkEnrolledRank, w.EnrolledRank)
	bounds(checkPresent, w.Present)
	bounds(checkEnrolled, w.Enrolled)
	bounds(checkChildren, w.Children)
	// Times of the day and minutes are kept with 1 added: 0 is missing.
	if w.Minutes != nil {
		bounds(checkMinutes, w.Minutes)
		x := &out[len(out)-1]
		x.lo++
		x.hi = min(x.hi, lastDay-1) + 1
	}
	if w.EndsAfter != nil {
		number(checkEndsAfter, int64(*w.EndsAfter)+2, lastDay)
	}
	if w.StartsBefore != nil {
		number(checkStartsBefore, 0, int64(*w.StartsBefore))
	}
	if q := w.Quotient; q != nil {
		flag(checkQuotientMissing, q.Missing)
		if q.bounded() {
			lo, hi := (&Row{From: q.From, Above: q.Above, To: q.To, Below: q.Below}).limits()
			out = append(out, check{kind: checkQuotient, mode: modeQuotient, lo: lo, hi: hi})
		}
	}
	for i, name := range c.dict.custom {
		list(checkCustom+checkKind(i), w.Custom[name]) //nolint:gosec // at most maxCustom
	}
	return out
}

func (q *QuotientCondition) bounded() bool {
	return q.From != nil || q.Above != nil || q.To != nil || q.Below != nil
}

// bound is a use turned into numbers.
type bound struct {
	day    int32
	number int32 // of the activity
	// quotient and known are the input's, quantity too, from 1.
	quotient int64
	quantity int32
	known    bool
	values   [kindCount]int16
	status   uint64
	// kinds are the bits of the kinds that the quotient is.
	kinds uint64
}

// head turns the date, the activity and the quotient into numbers.
func (d *dictionary) head(b *bound, in *Input) {
	b.day, b.number = dayOf(in.Date), d.activity(in.Activity)
	b.quotient, b.known = in.Quotient.value, in.Quotient.known
	switch {
	case in.Quantity == 0:
		b.quantity = 1
	case in.Quantity > 0 && in.Quantity <= maxCount:
		b.quantity = int32(in.Quantity)
	default:
		b.quantity = -1
	}
	if in.Quotient.known && len(d.kinds) > 0 {
		b.kinds = d.kindBits(&in.Quotient)
	}
}

// bind turns what some checks ask for into numbers.
func (d *dictionary) bind(b *bound, in *Input, asks []checkKind) {
	for _, k := range asks {
		var v int16
		switch k {
		case checkResidence:
			v = d.number(k, string(in.Residence))
		case checkRegime:
			v = d.number(k, string(in.Regime))
		case checkBooking:
			v = d.number(k, string(in.Booking))
		case checkPresence:
			if v = d.number(k, string(in.Presence)); v == wordMissing {
				v = d.number(k, string(PresencePresent))
			}
		case checkLevel:
			v = d.number(k, string(in.Level))
		case checkDay:
			v = d.number(k, string(in.Day))
		case checkGuest:
			if v = d.number(k, string(in.Guest)); v == wordMissing {
				v = d.number(k, string(GuestChild))
			}
		case checkStatus:
			for _, s := range in.Status {
				if at := slices.Index(d.statuses, string(s)); at >= 0 {
					b.status |= 1 << min(at, maxWords)
				}
			}
		case checkPAI:
			v = truth(in.PAI)
		case checkRank:
			v = count(in.Rank)
		case checkEnrolledRank:
			v = count(in.EnrolledRank)
		case checkPresent:
			v = count(in.Present)
		case checkEnrolled:
			v = count(in.Enrolled)
		case checkChildren:
			v = count(in.Children)
		case checkMinutes, checkEndsAfter, checkStartsBefore: // read when they are asked for: the activity says how
		case checkQuotient:
		case checkQuotientMissing:
			v = truth(!in.Quotient.known)
		default:
			v = d.number(k, in.Custom[d.custom[k-checkCustom]])
		}
		b.values[k] = v
	}
}

func truth(b bool) int16 {
	if b {
		return isTrue
	}
	return isFalse
}

// count returns a number of persons; nobody has more brothers and sisters than it holds.
func count(n int) int16 {
	return int16(min(max(n, 0), math.MaxInt16)) //nolint:gosec // bounded
}

// criterion names a kind for a message.
func (d *dictionary) criterion(k checkKind) string {
	switch k {
	case checkResidence:
		return "residence"
	case checkRegime:
		return "regime"
	case checkBooking:
		return "booking"
	case checkLevel:
		return "level"
	case checkDay:
		return "day"
	case checkRank:
		return "rank"
	case checkEnrolledRank:
		return "enrolledRank"
	case checkPresent:
		return "present"
	case checkEnrolled:
		return "enrolled"
	case checkChildren:
		return "children"
	case checkMinutes, checkEndsAfter, checkStartsBefore:
		return "times"
	default:
		if k >= checkCustom && int(k-checkCustom) < len(d.custom) {
			return d.custom[k-checkCustom]
		}
		return "presence"
	}
}
