package ent

import (
	"encoding/json"
	"slices"
	"time"
)

// Disclosure is the record of one export or release of personal data. It says what left and why, never a value.
// Source: RGPD, articles 5(1)(a), 15 and 30.
type Disclosure struct {
	// Recipient is who received the data: a partner's name or identifier.
	Recipient string `json:"recipient"`
	// Purpose is what for.
	Purpose string `json:"purpose"`
	// LegalBasis is the ground of the release (RGPD article 6), such as "mission d'intérêt public".
	LegalBasis string `json:"legalBasis"`
	// Fields are the data released, sorted.
	Fields []Field `json:"fields"`
	// Count is how many persons were concerned.
	Count int64 `json:"count"`
	// Persons references the list of the persons concerned, kept by the caller.
	Persons string    `json:"persons,omitempty"`
	At      time.Time `json:"at"`
}

type disclosureFields Disclosure

type disclosureJSON struct {
	Format string `json:"format"`
	disclosureFields
}

// MarshalJSON writes a document of DisclosureFormat, its fields sorted, each once.
func (d Disclosure) MarshalJSON() ([]byte, error) {
	fields := append([]Field{}, d.Fields...)
	slices.Sort(fields)
	d.Fields = slices.Compact(fields)
	return json.Marshal(disclosureJSON{DisclosureFormat, disclosureFields(d)})
}

// UnmarshalJSON reads what MarshalJSON wrote. It returns CodeFormat for another document.
func (d *Disclosure) UnmarshalJSON(b []byte) error {
	var j disclosureJSON
	if err := readDocument(b, DisclosureFormat, &j); err != nil {
		return err
	}
	*d = Disclosure(j.disclosureFields)
	return nil
}
