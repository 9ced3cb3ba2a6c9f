package aaf

import (
	"strings"

	"github.com/opencartable/cartable/ent"
)

// field ties one attribute to a place in a typed record: its name in each degree, how its values are read and written.
type field[T any] struct {
	name2D, name1D string
	// set reads values that are not empty; what it cannot read it leaves to the decoder, which keeps it raw.
	set func(d *decoder, t *T, v []string)
	get func(t *T) []string
	// text is set in place of set for a field that takes the first value as it is, which most do.
	text func(*T) *string
	// also are other names under which feeds have it, read and never written.
	also []string
	// old marks an attribute that is written only when it holds something.
	old bool
}

// table is the fields of one type, found by the key of an attribute.
type table[T any] struct {
	fields []field[T]
	byKey  [maxKeys]uint8 // index + 1
}

func newTable[T any](fields ...field[T]) *table[T] {
	t := &table[T]{fields: fields}
	for i, f := range fields {
		for _, n := range append([]string{f.name2D, f.name1D}, f.also...) {
			if k, _ := keyOf(n); k != 0 {
				t.byKey[k] = uint8(i + 1) //nolint:gosec // fewer than 64 fields
			}
		}
	}
	return t
}

func text[T any](name2D, name1D string, at func(*T) *string) field[T] {
	return field[T]{
		name2D: name2D, name1D: name1D, text: at,
		get: func(t *T) []string { return one(*at(t)) },
	}
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func list[T any](name2D, name1D string, at func(*T) *[]string) field[T] {
	return field[T]{
		name2D: name2D, name1D: name1D,
		set: func(d *decoder, t *T, v []string) { *at(t) = d.strings(*at(t), v) },
		get: func(t *T) []string { return *at(t) },
	}
}

func flag[T any](name2D, name1D string, at func(*T) *Flag) field[T] {
	return field[T]{
		name2D: name2D, name1D: name1D,
		set: func(d *decoder, t *T, v []string) {
			one, ok := d.single(v, *at(t) != Unsaid)
			switch {
			case !ok:
			case one == "O", one == "OUI":
				*at(t) = Yes
			case one == "N", one == "NON":
				*at(t) = No
			default:
				d.leave(CodeFlag, one)
			}
		},
		get: func(t *T) []string {
			switch *at(t) {
			case Yes:
				return []string{"O"}
			case No:
				return []string{"N"}
			case Unsaid:
			}
			return nil
		},
	}
}

func date[T any](name2D, name1D string, at func(*T) *ent.Date) field[T] {
	return field[T]{
		name2D: name2D, name1D: name1D,
		set: func(d *decoder, t *T, v []string) {
			one, ok := d.single(v, !at(t).IsZero())
			if !ok {
				return
			}
			day, err := ent.ParseFrenchDate(one)
			if err != nil {
				d.leave(CodeDate, one)
				return
			}
			*at(t) = day
		},
		get: func(t *T) []string { return one(at(t).French()) },
	}
}

// parts reads composite values of least to most parts. A value with another number of parts is skipped: one warning,
// never the record.
func parts[T, P any](name2D, name1D string, least, most int, at func(*T) *[]P,
	read func(d *decoder, p []string) (P, ent.Code), write func(*P) []string,
) field[T] {
	return field[T]{
		name2D: name2D, name1D: name1D,
		set: func(d *decoder, t *T, v []string) {
			dst := at(t)
			slab := slabOf[P](d)
			*dst = slab.extend(*dst, len(v))
			for _, s := range v {
				n := split(d.parts[:], s)
				if n < least || n > most {
					d.leave(CodeParts, s)
					continue
				}
				p, code := read(d, d.parts[:n])
				if code != "" {
					d.leave(code, s)
					continue
				}
				*dst = append(*dst, p)
			}
		},
		get: func(t *T) []string {
			list := *at(t)
			out := make([]string, len(list))
			for i := range list {
				out[i] = strings.Join(write(&list[i]), "$")
			}
			return out
		},
	}
}

func codeLabels[T any](name2D, name1D string, at func(*T) *[]CodeLabel) field[T] {
	return parts(name2D, name1D, 2, 2, at,
		func(_ *decoder, p []string) (CodeLabel, ent.Code) { return CodeLabel{p[0], p[1]}, "" },
		func(c *CodeLabel) []string { return []string{c.Code, c.Label} })
}

// codeLabel is a composite value that stands once.
func codeLabel[T any](name2D, name1D string, at func(*T) *CodeLabel) field[T] {
	return field[T]{
		name2D: name2D, name1D: name1D,
		set: func(d *decoder, t *T, v []string) {
			one, ok := d.single(v, *at(t) != CodeLabel{})
			switch {
			case !ok:
			case split(d.parts[:], one) != 2:
				d.leave(CodeParts, one)
			default:
				*at(t) = CodeLabel{d.parts[0], d.parts[1]}
			}
		},
		get: func(t *T) []string {
			if c := at(t); *c != (CodeLabel{}) {
				return []string{c.Code + "$" + c.Label}
			}
			return nil
		},
	}
}

// lines is one value cut into parts, such as an address.
func lines[T any](name2D, name1D string, most int, at func(*T) *[]string) field[T] {
	return field[T]{
		name2D: name2D, name1D: name1D,
		set: func(d *decoder, t *T, v []string) {
			one, ok := d.single(v, len(*at(t)) > 0)
			if !ok {
				return
			}
			n := split(d.parts[:], one)
			if n > most {
				d.leave(CodeParts, one)
				return
			}
			for _, p := range d.parts[:n] {
				if p != "" {
					*at(t) = d.strings(nil, d.parts[:n])
					return
				}
			}
		},
		get: func(t *T) []string {
			if l := *at(t); len(l) > 0 {
				return []string{strings.Join(l, "$")}
			}
			return nil
		},
	}
}

// classRefs reads struct$code, and in the first degree struct$type$typeLabel$number$label.
func classRefs[T any](name2D, name1D string, at func(*T) *[]ClassRef) field[T] {
	return parts(name2D, name1D, 2, 5, at,
		func(_ *decoder, p []string) (ClassRef, ent.Code) {
			c := ClassRef{Structure: p[0], Code: p[1]}
			if len(p) == 5 {
				c = ClassRef{Structure: p[0], TypeCode: p[1], TypeLabel: p[2], Code: p[3], Label: p[4]}
			}
			if len(p) != 2 && len(p) != 5 || c.Structure == "" || c.Code == "" {
				return ClassRef{}, CodeParts
			}
			return c, ""
		},
		func(c *ClassRef) []string {
			if c.TypeCode == "" && c.TypeLabel == "" && c.Label == "" {
				return []string{c.Structure, c.Code}
			}
			return []string{c.Structure, c.TypeCode, c.TypeLabel, c.Code, c.Label}
		})
}

func classDates[T any](name2D, name1D string, at func(*T) *[]ClassDate) field[T] {
	return parts(name2D, name1D, 3, 3, at,
		func(_ *decoder, p []string) (ClassDate, ent.Code) {
			day, err := ent.ParseFrenchDate(p[1])
			if err != nil {
				return ClassDate{}, CodeDate
			}
			return ClassDate{Structure: p[0], Date: day, Class: p[2]}, ""
		},
		func(c *ClassDate) []string { return []string{c.Structure, c.Date.French(), c.Class} })
}

// classSubjects reads struct$code$subject; two parts stand for no subject.
func classSubjects[T any](name string, at func(*T) *[]ClassSubject) field[T] {
	return parts(name, "", 2, 3, at,
		func(_ *decoder, p []string) (ClassSubject, ent.Code) {
			c := ClassSubject{Structure: p[0], Code: p[1]}
			if len(p) == 3 {
				c.Subject = p[2]
			}
			if c.Structure == "" || c.Code == "" {
				return ClassSubject{}, CodeParts
			}
			return c, ""
		},
		func(c *ClassSubject) []string {
			if c.Subject == "" {
				return []string{c.Structure, c.Code}
			}
			return []string{c.Structure, c.Code, c.Subject}
		})
}
