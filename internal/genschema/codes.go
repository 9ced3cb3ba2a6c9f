package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/calendar"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/fees/billing"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/account"
	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/identity/guichet"
	"github.com/opencartable/cartable/identity/saml"
	"github.com/opencartable/cartable/interop/aaf"
	"github.com/opencartable/cartable/interop/annuaire"
	"github.com/opencartable/cartable/interop/apiparticulier"
	"github.com/opencartable/cartable/interop/edt"
	"github.com/opencartable/cartable/interop/fet"
	"github.com/opencartable/cartable/interop/ical"
	"github.com/opencartable/cartable/interop/lsu"
	"github.com/opencartable/cartable/interop/sts"
	"github.com/opencartable/cartable/interop/udt"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/cahier"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/bulletin"
	"github.com/opencartable/cartable/schoollife/gradebook/competence"
	"github.com/opencartable/cartable/schoollife/gradebook/exam"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// catalogues returns the catalogue of each package that has rules, by its path in the module.
func catalogues() map[string]*ent.Catalog {
	return map[string]*ent.Catalog{
		"ent":                        ent.Codes(),
		"ent/access":                 access.Catalog(),
		"ent/calendar":               calendar.Catalog(),
		"ent/directory":              directory.Catalog(),
		"ent/directory/directorysql": directorysql.Catalog(),
		"ent/sqldb":                  sqldb.Catalog(),
		"fees/billing":               billing.Catalog(),
		"fees/quotient":              quotient.Catalog(),
		"fees/tariff":                tariff.Catalog(),
		"identity":                   identity.Catalog(),
		"identity/account":           account.Catalog(),
		"identity/cas":               cas.Catalog(),
		"identity/guichet":           guichet.Catalog(),
		"identity/saml":              saml.Catalog(),
		"interop/aaf":                aaf.Catalog(),
		"interop/apiparticulier":     apiparticulier.Catalog(),
		"interop/annuaire":           annuaire.Catalog(),
		"interop/edt":                edt.Catalog(),
		"interop/lsu":                lsu.Catalog(),
		"schoollife/timetable":       timetable.Catalog(),
		"schoollife/booking":         booking.Catalog(),
		"schoollife/cahier":          cahier.Catalog(),
		"interop/fet":                fet.Catalog(),
		"interop/sts":                sts.Catalog(),
		"interop/udt":                udt.Catalog(),
		"interop/ical":               ical.Catalog(),
		"schoollife/attendance":      attendance.Catalog(),

		"schoollife/gradebook":            gradebook.Catalog(),
		"schoollife/gradebook/bulletin":   bulletin.Catalog(),
		"schoollife/gradebook/competence": competence.Catalog(),
		"schoollife/gradebook/exam":       exam.Catalog(),
	}
}

// codeLine is one rule of codes.json.
type codeLine struct {
	Package  string       `json:"package"`
	Code     ent.Code     `json:"code"`
	Severity ent.Severity `json:"severity"`
	FR       string       `json:"fr"`
	EN       string       `json:"en"`
	Source   string       `json:"source"`
}

// codes returns the rules of all packages, sorted by code. A code belongs to one package.
func codes() ([]byte, error) {
	lines, err := codeLines(catalogues())
	if err != nil {
		return nil, err
	}
	return indented(lines)
}

func codeLines(from map[string]*ent.Catalog) ([]codeLine, error) {
	var lines []codeLine
	for pkg, c := range from {
		if err := c.Check(); err != nil {
			return nil, fmt.Errorf("%s: %w", pkg, err)
		}
		for _, r := range c.Rules() {
			lines = append(lines, codeLine{pkg, r.Code, r.Severity, r.FR, r.EN, r.Source})
		}
	}
	slices.SortFunc(lines, func(a, b codeLine) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Package, b.Package)) })
	for i := 1; i < len(lines); i++ {
		if lines[i].Code == lines[i-1].Code {
			return nil, fmt.Errorf("code %s is in %s and in %s", string(lines[i].Code), lines[i-1].Package, lines[i].Package)
		}
	}
	return lines, nil
}

// indented writes a document as it is read in a review: two spaces, no escaping of < > &, a line end at the end.
func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
