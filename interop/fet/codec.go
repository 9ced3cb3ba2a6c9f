package fet

import (
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// codec goes through the fields of a constraint in the order of the file: it writes them when out is set, checks what they name
// when check is, and reads them otherwise, from in.
type codec struct {
	out   *printer
	check *checker
	in    *node
	used  int  // children of in that were read
	wrong bool // one is missing, or cannot be read
}

// constraint goes through a whole constraint.
func (c *codec) constraint(k Constraint) {
	b := k.Common()
	c.weight("Weight_Percentage", &b.Weight)
	k.body(c)
	active := !b.Inactive
	c.yes("Active", &active)
	b.Inactive = !active
	c.text("Comments", &b.Comments)
}

// next returns the text of the next child, which must have that name.
func (c *codec) next(name string) (*node, bool) {
	if c.used >= len(c.in.kids) || c.in.kids[c.used].name != name {
		c.wrong = true
		return nil, false
	}
	c.used++
	return c.in.kids[c.used-1], true
}

func (c *codec) text(name string, v *string) {
	switch {
	case c.out != nil:
		c.out.leaf(name, *v)
	case c.check == nil:
		if n, ok := c.next(name); ok {
			*v = n.text
			c.wrong = c.wrong || len(n.kids) > 0
		}
	}
}

func (c *codec) number(name string, v *int) {
	s := strconv.Itoa(*v)
	c.text(name, &s)
	if c.in != nil {
		n, err := strconv.ParseUint(s, 10, 31)
		*v, c.wrong = int(n), c.wrong || err != nil //nolint:gosec // 31 bits
	}
}

func (c *codec) yes(name string, v *bool) {
	s := strconv.FormatBool(*v)
	c.text(name, &s)
	if c.in != nil {
		b, ok := parseYes(s)
		*v, c.wrong = b, c.wrong || !ok
	}
}

// parseYes reads what FET writes, and wrote in its first versions.
func parseYes(s string) (yes, ok bool) {
	switch s {
	case "true", "yes", "1":
		return true, true
	case "false", "no", "0":
		return false, true
	}
	return false, false
}

func (c *codec) weight(name string, v *decimal.Decimal) {
	s := ent.NumberText(*v)
	c.text(name, &s)
	if c.in != nil {
		w, err := ent.ParseNumber(s)
		*v, c.wrong = w, c.wrong || err != nil || w.Sign() < 0
	}
}

func (c *codec) activity(name string, v *int) {
	c.number(name, v)
	if c.check != nil {
		known(c.check, name, c.check.x.activities, *v)
	}
}

func (c *codec) activities(v *[]int) {
	list(c, "Number_of_Activities", maxActivities, v, func(one *int) { c.activity("Activity_Id", one) })
}

// maxActivities bounds the activities of a typed constraint, of which each pair is looked at; maxItems what else is listed. A longer
// constraint is kept without a type.
const (
	maxActivities = 2000
	maxItems      = 20000
)

// list goes through a number, then as many items.
func list[T any](c *codec, count string, most int, v *[]T, item func(*T)) {
	n := len(*v)
	c.number(count, &n)
	if c.in != nil {
		if n > len(c.in.kids) || n > most {
			c.wrong = true
			return
		}
		*v = make([]T, n)
	}
	for i := range *v {
		item(&(*v)[i])
	}
}

func (c *codec) slots(count, item string, v *[]Slot) {
	list(c, count, maxItems, v, func(s *Slot) {
		switch {
		case c.out != nil:
			c.out.open(item)
			c.slot("Day", "Hour", &s.Day, &s.Hour)
			c.out.close(item)
		case c.check != nil:
			c.checkSlot(s.Day, s.Hour)
		default:
			if n, ok := c.next(item); ok {
				inner := &codec{in: n}
				inner.slot("Day", "Hour", &s.Day, &s.Hour)
				c.wrong = c.wrong || !inner.whole()
			}
		}
	})
}

// whole reports whether everything was read, and nothing was wrong.
func (c *codec) whole() bool { return !c.wrong && c.used == len(c.in.kids) }

func (c *codec) slot(day, hour string, d, h *string) {
	c.text(day, d)
	c.text(hour, h)
	if c.check != nil {
		c.checkSlot(*d, *h)
	}
}

func (c *codec) checkSlot(day, hour string) {
	known(c.check, "Day", c.check.x.days, day)
	known(c.check, "Hour", c.check.x.hours, hour)
}

func (c *codec) students(v *string) {
	c.text("Students", v)
	if c.check != nil {
		known(c.check, "Students", c.check.x.students, *v)
	}
}

func (c *codec) teacher(name string, v *string) {
	c.text(name, v)
	if c.check != nil {
		known(c.check, "Teacher", c.check.x.teachers, *v)
	}
}

func (c *codec) room(name string, v *string) {
	c.text(name, v)
	if c.check != nil {
		known(c.check, "Room", c.check.x.rooms, *v)
	}
}

func (c *codec) rooms(count, item string, v *[]string) {
	list(c, count, maxItems, v, func(s *string) { c.room(item, s) })
}
