package identity

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Source names what an element draws from: "login", "mail.academy", "school.uai". Those that begin with "school." give the
// values of every school, or of the one at hand below an element that stands for each school.
type Source string

// scope is what a source is drawn from.
type scope struct {
	a      *Attributes
	c      *Context
	school *School // of "each"
	group  *Group  // of "each": class or group
	// schools are those that may be told.
	schools []*School
}

// one wraps a value that may be missing.
func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// personSources are drawn from the person.
func personSources() map[Source]func(*scope) []string {
	return map[Source]func(*scope) []string{
		"id":                  func(s *scope) []string { return one(string(s.a.ID)) },
		"login":               func(s *scope) []string { return one(s.a.Login) },
		"external-id":         func(s *scope) []string { return one(s.a.External) },
		"opaque-id":           func(s *scope) []string { return one(s.c.opaque(s.a)) },
		"principal":           func(s *scope) []string { return one(s.c.principal) },
		"profile":             func(s *scope) []string { return one(string(s.a.Profile)) },
		"name.family":         func(s *scope) []string { return one(s.a.Name.Family) },
		"name.given":          func(s *scope) []string { return one(s.a.Name.Given) },
		"name.display":        func(s *scope) []string { return one(s.a.display()) },
		"birth-date":          func(s *scope) []string { return one(s.a.BirthDate.String()) },
		"mail.internal":       func(s *scope) []string { return one(s.a.Mail.Internal) },
		"mail.academy":        func(s *scope) []string { return one(s.a.Mail.Academy) },
		"mail.personal":       func(s *scope) []string { return one(s.a.Mail.Personal) },
		"phone.mobile":        func(s *scope) []string { return one(s.a.Mobile) },
		"phone.home":          func(s *scope) []string { return one(s.a.Home) },
		"address.postal-code": func(s *scope) []string { return one(s.a.Address.PostalCode) },
		"address.full":        fullAddress,
		"mef":                 func(s *scope) []string { return one(s.a.MEF) },
		"subjects":            func(s *scope) []string { return s.a.Subjects },
		"children.id":         func(s *scope) []string { return kin(s.a.Children, func(k *Kin) string { return string(k.ID) }) },
		"children.external-id": func(s *scope) []string {
			return kin(s.a.Children, func(k *Kin) string { return k.External })
		},
		"parents.id": func(s *scope) []string { return kin(s.a.Parents, func(k *Kin) string { return string(k.ID) }) },
		"parents.external-id": func(s *scope) []string {
			return kin(s.a.Parents, func(k *Kin) string { return k.External })
		},
		"new-login":      func(s *scope) []string { return []string{strconv.FormatBool(s.c.NewLogin)} },
		"remembered":     func(s *scope) []string { return []string{strconv.FormatBool(s.c.Remembered)} },
		"requested.uai":  func(s *scope) []string { return requested(s, func(x *School) string { return string(x.UAI) }) },
		"requested.kind": func(s *scope) []string { return requested(s, func(x *School) string { return x.Kind }) },
	}
}

// schoolSources are drawn from a school.
func schoolSources() map[Source]func(*School) []string {
	return map[Source]func(*School) []string{
		"school.id":             func(x *School) []string { return one(string(x.ID)) },
		"school.uai":            func(x *School) []string { return one(string(x.UAI)) },
		"school.external-id":    func(x *School) []string { return one(x.External) },
		"school.name":           func(x *School) []string { return one(x.Name) },
		"school.kind":           func(x *School) []string { return one(x.Kind) },
		"school.main":           func(x *School) []string { return []string{strconv.FormatBool(x.Main)} },
		"school.administrative": func(x *School) []string { return []string{strconv.FormatBool(x.Administrative)} },
		"school.mefs":           func(x *School) []string { return x.MEFs },
		"school.subjects":       func(x *School) []string { return x.Subjects },
		"school.classes":        func(x *School) []string { return groupNames(x.Classes) },
		"school.class-ids":      func(x *School) []string { return groupIDs(x.Classes) },
		"school.groups":         func(x *School) []string { return groupNames(x.Groups) },
		"school.group-ids":      func(x *School) []string { return groupIDs(x.Groups) },
		"school.group-objects": func(x *School) []string {
			var out []string
			for _, g := range x.Groups {
				if b, err := json.Marshal(struct {
					ID   ent.ID `json:"id"`
					Name string `json:"name"`
				}{g.ID, g.Name}); err == nil {
					out = append(out, string(b))
				}
			}
			return out
		},
		"school.functions":      func(x *School) []string { return functions(x, func(f *Function) string { return f.Code }) },
		"school.function-names": func(x *School) []string { return functions(x, func(f *Function) string { return f.Label }) },
		"school.disciplines": func(x *School) []string {
			return functions(x, func(f *Function) string {
				if f.Discipline == "" {
					return ""
				}
				return f.Discipline + "$" + f.DisciplineLabel
			})
		},
	}
}

// groupSources are drawn from a class or a group, below an element that stands for each.
func groupSources() map[Source]func(*Group) string {
	return map[Source]func(*Group) string{
		"group.id":   func(g *Group) string { return string(g.ID) },
		"group.name": func(g *Group) string { return g.Name },
		"group.pair": func(g *Group) string { return string(g.ID) + ";" + g.Name },
	}
}

func groupNames(list []Group) []string {
	var out []string
	for _, g := range list {
		out = append(out, one(g.Name)...)
	}
	return out
}

func groupIDs(list []Group) []string {
	var out []string
	for _, g := range list {
		out = append(out, one(string(g.ID))...)
	}
	return out
}

func functions(x *School, text func(*Function) string) []string {
	var out []string
	for i := range x.Functions {
		out = append(out, one(text(&x.Functions[i]))...)
	}
	return out
}

func kin(list []Kin, text func(*Kin) string) []string {
	var out []string
	for i := range list {
		out = append(out, one(text(&list[i]))...)
	}
	return out
}

// fullAddress is the address in one line, only when all of it is known.
func fullAddress(s *scope) []string {
	at := s.a.Address
	if len(at.Lines) == 0 || at.PostalCode == "" || at.Town == "" {
		return nil
	}
	return []string{strings.Join(at.Lines, " ") + ", " + at.PostalCode + ", " + at.Town}
}

// requested gives something of the school that the request names, when it is one of the person's.
func requested(s *scope, text func(*School) string) []string {
	for _, x := range s.schools {
		if s.c.School != "" && x.UAI == s.c.School {
			return one(text(x))
		}
	}
	return nil
}

// compile returns how a source is drawn, false for one that does not exist.
func (f Source) compile() (func(*scope) []string, bool) {
	if get, ok := personSources()[f]; ok {
		return get, true
	}
	if get, ok := groupSources()[f]; ok {
		return func(s *scope) []string {
			if s.group == nil {
				return nil
			}
			return one(get(s.group))
		}, true
	}
	if name, ok := strings.CutPrefix(string(f), "extra."); ok && ent.NewField(name) != "?" {
		return func(s *scope) []string { return s.a.Extra[name] }, true
	}
	get, ok := schoolSources()[f]
	if name, extra := strings.CutPrefix(string(f), "school.extra."); extra && ent.NewField(name) != "?" {
		get, ok = func(x *School) []string { return x.Extra[name] }, true
	}
	if !ok {
		return nil, false
	}
	return func(s *scope) []string {
		if s.school != nil {
			return get(s.school)
		}
		var out []string
		for _, x := range s.schools {
			out = append(out, get(x)...)
		}
		return out
	}, true
}

// Sources returns the names of all sources but those of the caller's own, sorted.
func Sources() []Source {
	var out []Source
	for f := range personSources() {
		out = append(out, f)
	}
	for f := range schoolSources() {
		out = append(out, f)
	}
	for f := range groupSources() {
		out = append(out, f)
	}
	slices.Sort(out)
	return out
}
