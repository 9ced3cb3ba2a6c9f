package billing

import (
	"log/slog"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
)

const hidden = "[redacted]"

// Household is who pays for whom, with what the price follows from. It is personal data: logs redact it.
type Household struct {
	// Payer is the person who pays: explanations belong to them.
	Payer ent.ID
	// Quotients are what is known of their quotient; the policy of the sheet says which one holds for a use.
	Quotients quotient.History
	Residence tariff.Residence
	Regime    tariff.Regime
	Status    []tariff.Status
	// Dependants is the number of dependent children, that of Children when 0.
	Dependants int
	// Disabled is how many of them are disabled, Resources are annual: a crèche asks for both.
	Disabled  int
	Resources tariff.Amount
	// Custom are the commune's own criteria.
	Custom   map[string]string
	Children []Child
}

// LogValue hides the household.
func (h Household) LogValue() slog.Value { return slog.StringValue(hidden) }

// Child is somebody for whom the household pays; an adult who eats at school is one too, by its Guest.
type Child struct {
	ID ent.ID
	// Born gives the order of the ranks.
	Born  ent.Date
	Level tariff.Level
	Guest tariff.Guest
	PAI   bool
	// Enrolled are the activities the child is enrolled in; nil, all of them.
	Enrolled []string
	// Subscriptions are those that run.
	Subscriptions []Subscription
	// Custody says who pays which day; nil, the household pays every day.
	Custody *Custody
	Custom  map[string]string
}

// LogValue hides the child.
func (c Child) LogValue() slog.Value { return slog.StringValue(hidden) }

// Subscription is an activity paid by the period, from a day to another one, both included; a missing To is open.
type Subscription struct {
	Activity string
	From, To ent.Date
}

func (s *Subscription) covers(d ent.Date) bool {
	return !d.Before(s.From) && (s.To.IsZero() || !s.To.Before(d))
}

// Custody says who pays for a child on which day. Of several periods that hold on a day the last one wins.
type Custody struct {
	Periods []CustodyPeriod
}

// CustodyPeriod is when a person pays.
type CustodyPeriod struct {
	Payer ent.ID
	// From and To bound the period, both included; a missing To is open.
	From, To ent.Date
	// Every is 2 for one week in two, counted from the week (Monday to Sunday) of From; 0 and 1 are every week.
	Every int
	// Weekdays are the days of the week, all when empty.
	Weekdays []time.Weekday
}

func (p *CustodyPeriod) holds(d ent.Date) bool {
	if d.Before(p.From) || !p.To.IsZero() && p.To.Before(d) {
		return false
	}
	if len(p.Weekdays) > 0 && !slices.Contains(p.Weekdays, d.Weekday()) {
		return false
	}
	return p.Every <= 1 || (week(d)-week(p.From))%p.Every == 0
}

// Payer returns who pays on a day, and false when nobody does.
func (c *Custody) Payer(d ent.Date) (ent.ID, bool) {
	for i := len(c.Periods) - 1; i >= 0; i-- {
		if p := &c.Periods[i]; p.holds(d) {
			return p.Payer, p.Payer != ""
		}
	}
	return "", false
}

// week numbers the weeks, Monday to Sunday, without end.
func week(d ent.Date) int { return (dayNumber(d) + 2) / 7 }

// dayNumber numbers the days of the civil calendar: 1 March of year 0, a Wednesday, is 0.
func dayNumber(d ent.Date) int {
	y, m := int(d.Year), int(d.Month)-3
	if m < 0 {
		y, m = y-1, m+12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*m+2)/5 + int(d.Day) - 1
}

// Use is a service used or booked on a day. It is personal data: logs redact it.
type Use struct {
	Child    ent.ID
	Activity string
	Day      ent.Date
	// Booked is how it was booked, [tariff.BookingNone] when it was not; empty is unknown, which many sheets do not accept.
	Booked tariff.Booking
	// Present says that it happened. What was neither booked nor used costs nothing.
	Present bool
	// Times are the hours of presence, or those booked, for what is priced by duration. Several uses of one day add up.
	Times []tariff.Interval
	// Reason is why a booked use did not happen.
	Reason tariff.Reason
	// Quantity is 1 when 0.
	Quantity int
	// DayKind is what the day is for schools, for the sheets that ask.
	DayKind tariff.DayKind
	// Cost is that of an outing billed by a share of it.
	Cost tariff.Amount
}

// LogValue hides the use.
func (u Use) LogValue() slog.Value { return slog.StringValue(hidden) }
