package access

import (
	"log/slog"

	"github.com/opencartable/cartable/ent"
)

// Ruling is a recorded decision on the access of one relative to one pupil: after a judgment, for a placed child. It lifts
// or closes the access; it gives no right that the responsibility does not.
type Ruling struct {
	Pupil, Relative ent.ID
	Allow           bool
	// By took the decision. It cannot be the relative.
	By ent.Actor
	// On is the first day; Until the last, missing for no end.
	On, Until ent.Date
	// Reference finds the file; the grounds are not kept here.
	Reference string
}

// LogValue shows the reference only: who is concerned, and what was decided, may tell that a child is placed.
func (r Ruling) LogValue() slog.Value { return slog.GroupValue(slog.String("reference", r.Reference)) }

// Check returns what makes the record incomplete. An incomplete record allows nothing; one that refuses holds all the same.
func (r Ruling) Check() ent.Issues {
	var out ent.Issues
	file := func(wrong bool, path string, field ent.Field) {
		if wrong {
			out = append(out, fieldIssue(CodeRuling, path, field))
		}
	}
	file(r.Pupil == "", "$.pupil", "pupil")
	file(r.Relative == "", "$.relative", "relative")
	file(r.By.ID == "" || r.By.ID == r.Relative, "$.by", "by")
	file(r.On.IsZero(), "$.on", "on")
	file(!r.Until.IsZero() && r.Until.Before(r.On), "$.until", "until")
	return out
}

// valid is Check without building the issues.
func (r *Ruling) valid() bool {
	return r.Pupil != "" && r.Relative != "" && r.By.ID != "" && r.By.ID != r.Relative && !r.On.IsZero() &&
		(r.Until.IsZero() || !r.Until.Before(r.On))
}

// holds reports whether the record counts on a day. One that refuses counts even when it is incomplete or the day missing.
func (r *Ruling) holds(on ent.Date) bool {
	if r.Allow {
		return r.valid() && inForce(r.On, r.Until, on)
	}
	return on.IsZero() || inForce(r.On, r.Until, on) || !r.valid()
}

// Choice is what a pupil of 18 or more decided on the access of one relative, or of all. What was chosen before does not count;
// a refusal counts as long as it is not known to come from a minor.
type Choice struct {
	// Relative is empty for all relatives. A choice on one of them goes before a choice on all.
	Relative ent.ID
	Allow    bool
	On       ent.Date
}

// LogValue hides the choice.
func (c Choice) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// answer is what a record says.
type answer uint8

const (
	silent answer = iota
	refuses
	allows
)

func answerOf(allow bool) answer {
	if allow {
		return allows
	}
	return refuses
}

// majority is what is known of the pupil's age.
type majority uint8

const (
	minor majority = iota
	unknownAge
	ofAge
)

// adulthood is the age from which the pupil's choice decides. Source: code civil, article 414.
const adulthood = 18

func majorityOf(birth, today ent.Date) majority {
	switch age := birth.Age(today); {
	case age < 0:
		return unknownAge
	case age < adulthood:
		return minor
	}
	return ofAge
}

// What settles a relative's access, in the order in which it is looked at.
const (
	byChoice = iota
	byRuling
	byPlacement
	byRule
)

// standing is what one relative may expect of one pupil: the role, and whether something closes the access.
type standing struct {
	role    Who
	age     majority
	choice  answer
	ruling  answer
	settled int
	allowed bool
	reason  ent.Code
}

// placed reports whether the social services are among the relatives, or the caller says so.
func (p *Pupil) placed() bool {
	if p.Placed {
		return true
	}
	for i := range p.Relations {
		if p.Relations[i].Kinship == ent.KinshipSocialServices {
			return true
		}
	}
	return false
}

// relation returns the first relation of a relative, which is the one that counts when a feed names them twice.
func (p *Pupil) relation(relative ent.ID) (ent.Relation, bool) {
	if relative == "" {
		return ent.Relation{}, false
	}
	for i := range p.Relations {
		if p.Relations[i].Relative == relative {
			return p.Relations[i], true
		}
	}
	return ent.Relation{}, false
}

// ruling returns what the last decision in force on a relative says; of two of one day the one that refuses.
func (p *Pupil) ruling(relative ent.ID, today ent.Date) answer {
	out, since := silent, ent.Date{}
	for i := range p.Rulings {
		r := &p.Rulings[i]
		if r.Relative != relative || r.Pupil != p.ID || !r.holds(today) {
			continue
		}
		if out == silent || since.Before(r.On) || since == r.On && !r.Allow {
			out, since = answerOf(r.Allow), r.On
		}
	}
	return out
}

// holds reports whether the choice counts on a day. A refusal needs neither the birth date nor the day to be known.
func (c *Choice) holds(birth, today ent.Date) bool {
	if c.On.IsZero() || !today.IsZero() && today.Before(c.On) {
		return false
	}
	switch majorityOf(birth, c.On) {
	case ofAge:
		return !c.Allow || !today.IsZero()
	case unknownAge:
		return !c.Allow
	case minor:
	}
	return false
}

// choice returns what the pupil chose last for a relative; of two of one day the one that refuses.
func (p *Pupil) choice(relative ent.ID, today ent.Date) answer {
	out, since, named := silent, ent.Date{}, false
	for i := range p.Choices {
		c := &p.Choices[i]
		one := c.Relative == relative
		if !one && c.Relative != "" || named && !one || !c.holds(p.BirthDate, today) {
			continue
		}
		if out == silent || one && !named || since.Before(c.On) || since == c.On && !c.Allow {
			out, since, named = answerOf(c.Allow), c.On, one
		}
	}
	return out
}

// standing says what a relative may expect of the pupil. At 18 the pupil's choice decides; a recorded decision comes next;
// then the placement, which closes the access of every relative but the social services; then the responsibility.
func (r *Rules) standing(p *Pupil, relative ent.ID, today ent.Date) (standing, bool) {
	rel, ok := p.relation(relative)
	if !ok {
		return standing{}, false
	}
	s := standing{role: WhoContact, age: majorityOf(p.BirthDate, today), settled: byRule, allowed: true, reason: CodeGranted}
	switch rel.Responsibility {
	case ent.ResponsibilityLegal:
		s.role = WhoLegal
	case ent.ResponsibilityInCharge:
		s.role = r.policy.inCharge()
	case ent.ResponsibilityNone:
	}
	if s.age == ofAge && rel.Kinship == ent.KinshipSelf {
		return s, true // the pupil, of age, stands in the feed as his or her own relative
	}
	if s.age != minor {
		s.choice = p.choice(relative, today)
	}
	s.ruling = p.ruling(relative, today)
	switch {
	case s.choice != silent:
		s.settled, s.allowed, s.reason = byChoice, s.choice == allows, CodePupilChoice
	case s.ruling != silent:
		s.settled, s.allowed, s.reason = byRuling, s.ruling == allows, CodeClosed
	case rel.Kinship != ent.KinshipSocialServices && p.placed():
		s.settled, s.allowed, s.reason = byPlacement, false, CodeClosed
	case s.age == ofAge && r.policy.OfAge == OfAgeEnd:
		s.allowed, s.reason = false, CodePupilChoice
	}
	return s, true
}
