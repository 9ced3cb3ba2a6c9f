package tariff

import (
	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// Format is the first field of a tariff's document.
const Format = "cartable.tariff/1"

// Tariff is a sheet of prices: what an organiser asks for its services during a period. It is a document (see [Parse]);
// [Tariff.Validate] says what is wrong with it and [Compile] makes it ready to price. A later sheet of the same organiser is
// another Tariff: [Compile] takes both.
type Tariff struct {
	// ID tells the sheets of one organiser that follow each other from its other sheets: they share it.
	ID    string    `json:"id"`
	Title ent.Label `json:"title"`
	// Organiser is the authority that sets the prices.
	Organiser Organiser `json:"organiser"`
	// From and To bound the days priced, both included. A missing To is open; a sheet that prints no date has neither.
	From ent.Date `json:"from,omitzero"`
	To   ent.Date `json:"to,omitzero"`
	// Adopted is the day of the decision (délibération). A tariff never applies backwards.
	Adopted ent.Date `json:"adopted,omitzero"`
	// Source is where the prices come from; Notes are for the reader.
	Source string `json:"source,omitempty"`
	Notes  string `json:"notes,omitempty"`
	// Quotient says which quotients the sheet takes, and what a missing one costs.
	Quotient QuotientPolicy `json:"quotient,omitzero"`
	// Rounding is the only rounding, and where it happens.
	Rounding Rounding `json:"rounding"`
	// Ranks says how brothers and sisters are counted.
	Ranks      Ranks      `json:"ranks,omitzero"`
	Activities []Activity `json:"activities"`
	// Caps bound what a child or a household pays for several uses.
	Caps []Cap `json:"caps,omitempty"`
	// Cases are the commune's own tests: [Tariff.Validate] runs them.
	Cases []Case `json:"cases,omitempty"`

	places places
}

// Organiser is the public body or the association that sets the prices.
type Organiser struct {
	SIRET ent.SIRET `json:"siret,omitempty"`
	Name  string    `json:"name"`
}

// QuotientPolicy says how the sheet reads a quotient.
type QuotientPolicy struct {
	// Kinds are the kinds accepted: "caf", "msa", or "municipal:brest" for a municipal one by its name. Empty, every kind.
	Kinds []string `json:"kinds,omitempty"`
	// Missing is what becomes of a family whose quotient is missing: empty, no price ([quotient.MissingRefuse]). The policies
	// that cost something else than the highest band want a rule or a modifier for {quotient: {missing: true}}.
	Missing quotient.Missing `json:"missing,omitempty"`
	// Validity says which quotient of a history holds for a use; empty, that of the day of the use.
	Validity *QuotientValidity `json:"validity,omitempty"`
}

// QuotientValidity is a [quotient.Policy] without its kinds, which are those of the sheet.
type QuotientValidity struct {
	Rule           quotient.Validity `json:"rule"`
	ReferenceMonth int               `json:"referenceMonth,omitempty"`
	ReferenceDay   int               `json:"referenceDay,omitempty"`
	Lag            int               `json:"lag,omitempty"`
	Effect         quotient.Effect   `json:"effect,omitempty"`
}

// Point is where the rounding happens.
type Point string

// The points.
const (
	// PointUnit rounds the price of one unit; what it is multiplied by is whole.
	PointUnit Point = "unit"
	// PointLine rounds the price of the quantity.
	PointLine Point = "line"
	// PointInvoice rounds the total: a line is then the difference of two rounded sums, so that the lines make the total.
	PointInvoice Point = "invoice"
)

// Rounding is the rounding of the sheet: to a multiple of Step (euros), by Mode, at Point.
type Rounding struct {
	Step  decimal.Decimal  `json:"step"`
	Mode  ent.RoundingMode `json:"mode"`
	Point Point            `json:"point"`
}

// Rule returns the rounding without its point.
func (r Rounding) Rule() ent.Rounding { return ent.Rounding{Step: r.Step, Mode: r.Mode} }

// Cent is the rounding of an invoice: to the cent, half up, the unit price.
func Cent() Rounding { return Rounding{decimal.New(1, -2), ent.RoundHalfUp, PointUnit} }

// RankOrder is who comes first among brothers and sisters.
type RankOrder string

// The orders. Equal birth dates are told apart by identifier.
const (
	EldestFirst   RankOrder = "eldest-first"
	YoungestFirst RankOrder = "youngest-first"
)

// RankScope is among which uses of the day the children present are counted.
type RankScope string

// The scopes.
const (
	ScopeActivity RankScope = "activity" // those of the same activity
	ScopeTariff   RankScope = "tariff"   // those of any activity of the sheet
)

// Ranks says how the children of a household are counted and ordered; the zero Ranks is eldest first, by activity.
type Ranks struct {
	Order RankOrder `json:"order,omitempty"`
	Scope RankScope `json:"scope,omitempty"`
}

// Unit is what one price pays for. An unknown one passes.
type Unit string

// The units met.
const (
	UnitAct         Unit = "act"
	UnitMeal        Unit = "meal"
	UnitQuarterHour Unit = "quarter-hour"
	UnitHalfHour    Unit = "half-hour"
	UnitHour        Unit = "hour"
	UnitHalfDay     Unit = "half-day"
	UnitDay         Unit = "day"
	UnitWeek        Unit = "week"
	UnitMonth       Unit = "month"
	UnitYear        Unit = "year"
)

// Service is the kind of an activity, which the law and the tax certificate tell apart. An unknown one passes.
type Service string

// The services.
const (
	ServiceMeal      Service = "meal"      // restauration scolaire
	ServiceCare      Service = "care"      // accueil périscolaire, garderie
	ServiceLeisure   Service = "leisure"   // accueil de loisirs (ALSH)
	ServiceCreche    Service = "creche"    // EAJE
	ServiceTransport Service = "transport" // transport
	ServicePenalty   Service = "penalty"   // a fixed amount asked for a fault
	ServiceOther     Service = "other"
)

// Activity is a service with its prices: a price is that of the first rule whose condition holds, then the modifiers whose
// conditions hold, in their order.
type Activity struct {
	ID      string    `json:"id"`
	Title   ent.Label `json:"title"`
	Service Service   `json:"service"`
	Unit    Unit      `json:"unit"`
	// Cost is what a user costs after subsidies, in euros a unit: no price may exceed it.
	Cost *decimal.Decimal `json:"cost,omitempty"`
	// MayDecrease says that a higher quotient may pay less, on purpose.
	MayDecrease bool `json:"mayDecrease,omitempty"`
	// SocialCanteen asks for the checks of the "cantine à 1 €" scheme.
	SocialCanteen bool `json:"socialCanteen,omitempty"`
	// Duration makes the quantity from hours of presence.
	Duration *Duration `json:"duration,omitempty"`
	// Subscription makes the price due once a period, whatever the use.
	Subscription *Subscription `json:"subscription,omitempty"`
	Rules        []Rule        `json:"rules"`
	Modifiers    []Modifier    `json:"modifiers,omitempty"`
	// Absences say which booked uses that did not happen are not billed. A reason that none names is billed.
	Absences []Absence `json:"absences,omitempty"`
	// ThirdParty are those who pay a part: the CCAS, an employer.
	ThirdParty []ThirdParty `json:"thirdParty,omitempty"`
}

// Rule is one way to reach a price, for the uses its condition holds for: exactly one of Price, Bands, Linear, Effort, Share
// and PSU.
type Rule struct {
	Title  *ent.Label       `json:"title,omitempty"`
	When   *Condition       `json:"when,omitempty"`
	Price  *decimal.Decimal `json:"price,omitempty"`
	Bands  *Bands           `json:"bands,omitempty"`
	Linear *Linear          `json:"linear,omitempty"`
	Effort *Effort          `json:"effort,omitempty"`
	Share  *Share           `json:"share,omitempty"`
	PSU    *PSU             `json:"psu,omitempty"`
}

// Decimals is how a quotient with decimals is read on bands of whole euros, such as 0-622 and 623-1000.
type Decimals string

// The readings. There is no default: without one, 622.40 has no price.
const (
	// DecimalsTruncate drops the decimals: 622.99 is 622.
	DecimalsTruncate Decimals = "truncate"
	// DecimalsHalfUp brings the quotient to the nearest euro, a half upward: 622.50 is 623.
	DecimalsHalfUp Decimals = "half-up"
	// DecimalsUpperBound goes by upper bounds: whatever is above 622 is in the next band.
	DecimalsUpperBound Decimals = "upper-bound"
)

// Bands are prices by interval of quotient (tranches), with a column each for several cases. In a Share the values are
// percentages.
type Bands struct {
	// Columns are tried in order; without any, each row has one price.
	Columns []Column `json:"columns,omitempty"`
	// Shift moves a family by whole bands: -1 is the next lower one, never below the first.
	Shift    []Shift  `json:"shift,omitempty"`
	Decimals Decimals `json:"decimals,omitempty"`
	// Rows go from the lowest quotient to the highest.
	Rows []Row `json:"rows"`
}

// Column is a column of a grid.
type Column struct {
	ID    string     `json:"id"`
	Title *ent.Label `json:"title,omitempty"`
	When  *Condition `json:"when,omitempty"`
}

// Shift is a move by whole bands.
type Shift struct {
	Title *ent.Label `json:"title,omitempty"`
	When  *Condition `json:"when,omitempty"`
	By    int        `json:"by"`
}

// Row is a band. At most one of From (included) and Above (excluded) is its start, at most one of To (included) and Below
// (excluded) its end; without one, it is open on that side.
type Row struct {
	From  *decimal.Decimal `json:"from,omitempty"`
	Above *decimal.Decimal `json:"above,omitempty"`
	To    *decimal.Decimal `json:"to,omitempty"`
	Below *decimal.Decimal `json:"below,omitempty"`
	// Price is the value of a grid without columns, Prices those of the columns in their order.
	Price  *decimal.Decimal   `json:"price,omitempty"`
	Prices []*decimal.Decimal `json:"prices,omitempty"`
}

// Linear is a price on straight lines between points, constant before the first one and after the last one.
type Linear struct {
	Points []LinearPoint `json:"points"`
	// Above is the price above the last point, when it is another one.
	Above *decimal.Decimal `json:"above,omitempty"`
}

// LinearPoint is the price at a quotient.
type LinearPoint struct {
	Quotient decimal.Decimal `json:"quotient"`
	Price    decimal.Decimal `json:"price"`
}

// Effort is an effort rate (taux d'effort): a percentage of the quotient, between a floor and a ceiling.
type Effort struct {
	Percent decimal.Decimal  `json:"percent"`
	Min     *decimal.Decimal `json:"min,omitempty"`
	Max     *decimal.Decimal `json:"max,omitempty"`
}

// Share is a percentage, by band, of a reference price, or of the cost given with the use (an outing).
type Share struct {
	// Of is the reference price; without it, the cost of the use.
	Of    *decimal.Decimal `json:"of,omitempty"`
	Bands Bands            `json:"bands"`
}

// PSU is the hourly price of a crèche (prestation de service unique): monthly resources, between the national floor and
// ceiling, by a rate that falls with the number of dependent children. Each disabled child counts as one more; the last rate
// also stands for more children than its bounds say, as towns print it ("8 and more").
type PSU struct {
	Rates   []PSURate       `json:"rates"`
	Floor   decimal.Decimal `json:"floor"`
	Ceiling decimal.Decimal `json:"ceiling"`
}

// PSURate is the percentage of the monthly resources that an hour costs, by number of children.
type PSURate struct {
	Children Range           `json:"children"`
	Percent  decimal.Decimal `json:"percent"`
}

// Stage is when a modifier acts.
type Stage string

// The stages.
const (
	StageUnit Stage = "unit" // on the price of one unit, the default
	StageLine Stage = "line" // on the price of the quantity
)

// Modifier changes a price: exactly one of its amounts is set. Its place in the list is its turn.
type Modifier struct {
	Title *ent.Label `json:"title,omitempty"`
	When  *Condition `json:"when,omitempty"`
	On    Stage      `json:"on,omitempty"`
	// Add adds euros (takes them off when negative), Multiply multiplies, Percent adds that percentage (-10 is a reduction),
	// Replace takes its place, Min and Max are a floor and a ceiling.
	Add      *decimal.Decimal `json:"add,omitempty"`
	Multiply *decimal.Decimal `json:"multiply,omitempty"`
	Percent  *decimal.Decimal `json:"percent,omitempty"`
	Replace  *decimal.Decimal `json:"replace,omitempty"`
	Min      *decimal.Decimal `json:"min,omitempty"`
	Max      *decimal.Decimal `json:"max,omitempty"`
}

// Counting is how the minutes of several presences of a day are counted.
type Counting string

// The countings.
const (
	// CountUnion counts the union of the presences of the day, once.
	CountUnion Counting = "union"
	// CountEach counts each presence by itself.
	CountEach Counting = "each"
)

// Duration makes the quantity from minutes of presence: started units, ceil((minutes - Tolerance) / Unit), at least one as
// soon as there is a minute that counts.
type Duration struct {
	// Unit, in minutes.
	Unit int `json:"unit"`
	// Tolerance is how many minutes beyond a whole unit are let go.
	Tolerance int      `json:"tolerance,omitempty"`
	Count     Counting `json:"count"`
	// Free is a threshold: up to that many minutes nothing is due. Minimum and Maximum bound the minutes counted of a day.
	Free    int `json:"free,omitempty"`
	Minimum int `json:"minimum,omitempty"`
	Maximum int `json:"maximum,omitempty"`
}

// Every is the period of a subscription.
type Every string

// The periods.
const (
	EveryWeek  Every = "week"
	EveryMonth Every = "month"
	EveryYear  Every = "year"
)

// Proration is what a subscription that begins or ends within its period costs.
type Proration string

// The prorations.
const (
	ProrateNone Proration = "none" // the whole price
	ProrateDays Proration = "days" // by calendar day of the period
)

// Subscription is a price due once a period (forfait, carte mensuelle).
type Subscription struct {
	Every Every `json:"every"`
	// Refund is taken off for each booked unit that was not used for a reason that is not billed, in euros.
	Refund  *decimal.Decimal `json:"refund,omitempty"`
	Prorate Proration        `json:"prorate,omitempty"`
}

// Waiting is how waiting days (carence) are read.
type Waiting string

// The readings.
const (
	// WaitingFirstDays bills the first days of an absence and deducts the rest.
	WaitingFirstDays Waiting = "first-days"
	// WaitingAllOrNothing deducts nothing unless the absence lasts longer, and then all of it.
	WaitingAllOrNothing Waiting = "all-or-nothing"
)

// Absence says that a booked use that did not happen for one of these reasons is not billed.
type Absence struct {
	Reasons []Reason `json:"reasons"`
	// Days are the waiting days, counted in days on which the service was booked, in a row.
	Days    int     `json:"days,omitempty"`
	Waiting Waiting `json:"waiting,omitempty"`
	// Percent of the price is billed all the same; 0, nothing.
	Percent *decimal.Decimal `json:"percent,omitempty"`
}

// Reason is why a booked use did not happen. An unknown one passes.
type Reason string

// The reasons.
const (
	ReasonIllness     Reason = "illness"     // with a certificate
	ReasonStrike      Reason = "strike"      // of teachers or of the service
	ReasonOuting      Reason = "outing"      // of the school
	ReasonClosure     Reason = "closure"     // of the service
	ReasonCancelled   Reason = "cancelled"   // by the family, in time
	ReasonConvenience Reason = "convenience" // by the family, too late
	ReasonUnannounced Reason = "unannounced"
	ReasonOther       Reason = "other"
)

// ThirdParty is somebody who pays a part of each unit.
type ThirdParty struct {
	// Payer names the body, such as "CCAS".
	Payer string           `json:"payer"`
	When  *Condition       `json:"when,omitempty"`
	Add   *decimal.Decimal `json:"add,omitempty"`
	// Percent of the unit price, instead of an amount.
	Percent *decimal.Decimal `json:"percent,omitempty"`
	// Deduct says that the part is taken off the price of the sheet; otherwise the sheet prints what the family pays.
	Deduct bool `json:"deduct,omitempty"`
}

// CapOf is whose uses a cap bounds.
type CapOf string

// The holders of a cap.
const (
	CapChild     CapOf = "child"
	CapHousehold CapOf = "household"
)

// Cap is the most that a child or a household pays for some activities in a day or a month.
type Cap struct {
	Title      *ent.Label `json:"title,omitempty"`
	Of         CapOf      `json:"of"`
	Per        Unit       `json:"per"` // day or month
	Activities []string   `json:"activities"`
	// Max, in euros.
	Max decimal.Decimal `json:"max"`
}

// Case is a price that the commune expects. Exactly one of Price and Undefined is set.
type Case struct {
	Title *ent.Label       `json:"title,omitempty"`
	Given Given            `json:"given"`
	Price *decimal.Decimal `json:"price,omitempty"`
	// Undefined is the code of the error expected, for a case that the sheet leaves without price.
	Undefined ent.Code `json:"undefined,omitempty"`
}
