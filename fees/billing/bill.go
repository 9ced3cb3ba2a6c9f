package billing

import (
	"log/slog"
	"math/bits"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/tariff"
)

// Kind is what a line is for.
type Kind string

// The kinds of lines.
const (
	KindUse          Kind = "use"
	KindAbsence      Kind = "absence"  // booked, not used, billed all the same
	KindReduced      Kind = "reduced"  // booked, not used, billed in part
	KindDeducted     Kind = "deducted" // booked, not used, not billed: a line of zero, so that the family sees it
	KindSubscription Kind = "subscription"
	KindRefund       Kind = "refund" // of a subscription, negative
	KindCap          Kind = "cap"    // what a cap takes off, negative
)

// Label returns the kind in words; an unknown one as it is.
func (k Kind) Label(lang ent.Lang) string {
	switch k {
	case KindUse:
		return in(lang, "prestation", "use")
	case KindAbsence:
		return in(lang, "absence facturée", "absence billed")
	case KindReduced:
		return in(lang, "absence facturée en partie", "absence billed in part")
	case KindDeducted:
		return in(lang, "absence déduite", "absence deducted")
	case KindSubscription:
		return in(lang, "abonnement", "subscription")
	case KindRefund:
		return in(lang, "remboursement", "refund")
	case KindCap:
		return in(lang, "plafond", "cap")
	}
	return string(k)
}

func in(lang ent.Lang, fr, en string) string { return ent.Label{FR: fr, EN: en}.In(lang) }

// Days are days of a month, one bit each, the first day the lowest.
type Days uint32

// Count returns how many days there are.
func (d Days) Count() int { return bits.OnesCount32(uint32(d)) }

// In returns the days of a month in their order.
func (d Days) In(m ent.Month) []ent.Date {
	out := make([]ent.Date, 0, d.Count())
	for day := range 31 {
		if d&(1<<day) != 0 {
			out = append(out, ent.Date{Year: m.Year, Month: m.Month, Day: uint8(day + 1)})
		}
	}
	return out
}

// Line is what is asked for several like uses of one child. It is personal data: logs redact it.
type Line struct {
	Kind Kind
	// Payer is the household's payer, "" for a third party, whose name is ThirdParty: theirs is another debt.
	Payer      ent.ID
	ThirdParty string
	// Child is empty for a line of the whole household.
	Child    ent.ID
	Activity string
	Title    ent.Label
	// Sheet and Hash are the tariff that was applied and its exact content.
	Sheet, Hash string
	Booking     tariff.Booking
	Reason      tariff.Reason
	// Quotient is the one used, missing when the price does not depend on it.
	Quotient tariff.Quotient
	Rank     int
	// Uses is how many uses the line holds, Units how many units each has, of Unit euros.
	Uses, Units int
	Unit        tariff.Amount
	// Each is the price of one use, Amount that of the line.
	Each   tariff.Amount
	Amount tariff.Amount
	Days   Days
	// Why is the explanation of Amount, set by Explain only.
	Why *ent.Explanation
}

// LogValue hides the line.
func (l Line) LogValue() slog.Value { return slog.StringValue(hidden) }

// Counts say what became of each use.
type Counts struct {
	Read int
	// Billed uses are in a line of the payer, Included ones in a subscription, Deducted ones are not billed.
	Billed, Included, Deducted int
	// Nothing was neither booked nor used.
	Nothing int
	// OtherPayer uses belong to the other payer of the child, Context ones to another month.
	OtherPayer, Context int
	// Refused uses have an issue.
	Refused int
}

// Balanced reports whether every use was counted once.
func (c Counts) Balanced() bool {
	return c.Read == c.Billed+c.Included+c.Deducted+c.Nothing+c.OtherPayer+c.Context+c.Refused
}

// Bill is a household's month.
type Bill struct {
	Payer ent.ID
	Month ent.Month
	// Lines are in the order of the children, then of the activities of the sheet. Those of third parties come last.
	Lines []Line
	// Total is what the payer owes: the sum of the payer's lines.
	Total  tariff.Amount
	Counts Counts
	Issues ent.Issues
}

// LogValue hides the bill.
func (b Bill) LogValue() slog.Value { return slog.StringValue(hidden) }

// ThirdParties returns the names of the third parties and what each one owes, in the order of the lines.
func (b *Bill) ThirdParties() []tariff.Part {
	var out []tariff.Part
next:
	for i := range b.Lines {
		l := &b.Lines[i]
		if l.ThirdParty == "" {
			continue
		}
		for j := range out {
			if out[j].Payer == l.ThirdParty {
				if sum, err := out[j].Amount.Add(l.Amount); err == nil {
					out[j].Amount = sum
				}
				continue next
			}
		}
		out = append(out, tariff.Part{Payer: l.ThirdParty, Amount: l.Amount})
	}
	return out
}

// Report returns the counts as a report: uses that were settled one way or another are kept, those with an issue refused.
func (b *Bill) Report() *ent.Report {
	r := &ent.Report{}
	r.Keep("use", int64(b.Counts.Read-b.Counts.Refused))
	r.Refuse("use", int64(b.Counts.Refused))
	for _, i := range b.Issues {
		r.Add(i)
	}
	return r
}
