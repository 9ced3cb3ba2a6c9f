package lsu

import (
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// MillesimeOf returns the millésime of a date, the year of the rentrée: a date from January to July belongs to the year
// before, one of August to its own, since teachers come back then. "" for a missing date.
func MillesimeOf(d ent.Date) string {
	switch {
	case d.IsZero():
		return ""
	case d.Month <= 7:
		return strconv.Itoa(int(d.Year) - 1)
	}
	return strconv.Itoa(int(d.Year))
}

// DivisionOf returns the code of a division from the identifier of a class in AAF: what follows the last "$".
func DivisionOf(class string) string { return class[strings.LastIndexByte(class, '$')+1:] }

// SchoolingDate returns the date-scolarite of a bilan: the end of the period, or the day the pupil left when it is earlier.
func SchoolingDate(periodEnd, left ent.Date) ent.Date {
	if !left.IsZero() && left.Before(periodEnd) {
		return left
	}
	return periodEnd
}

// Membership is a stay in a class, from a day to a day, both included; a missing To is still open.
type Membership struct {
	Division string
	From     ent.Date
	To       ent.Date
}

// DivisionOn returns the class on a day, such as that of date-scolarite: the stay that holds the day and began last; "" when
// none does.
func DivisionOn(stays []Membership, day ent.Date) string {
	division, from := "", ent.Date{}
	for _, s := range stays {
		if day.IsZero() || day.Before(s.From) || !s.To.IsZero() && s.To.Before(day) || division != "" && s.From.Before(from) {
			continue
		}
		division, from = s.Division, s.From
	}
	return division
}

// PositionLabel returns the label of a position of a discipline or of the socle, "" for an unknown one.
func PositionLabel(p Position, lang ent.Lang) string {
	l, ok := LabelOf(ListPosition, string(p))
	if !ok {
		return ""
	}
	return l.In(lang)
}

// NotMarkedPrefix is what Gepi puts before the appreciation of a pupil who has no mark, beside eleve-non-note: "Disp. ",
// "Abs. " or "N N. ", by the status of section 3.1.
func NotMarkedPrefix(status string) string {
	switch status {
	case "disp":
		return "Disp. "
	case "abs":
		return "Abs. "
	}
	return "N N. "
}

// StableSTS returns a number that stands for the STS identifier of a teacher who has none, always the same for a school and
// a key of the caller: ten digits, more than those of STS. Peers send a random one, which makes another teacher each time.
func StableSTS(school, key string) string {
	h := fnv.New64a()
	h.Write([]byte(school + "\x00" + key)) // never fails
	return strconv.FormatUint(1_000_000_000+h.Sum64()%1_000_000_000, 10)
}
