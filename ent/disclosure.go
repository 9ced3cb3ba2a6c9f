package ent

import "time"

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
