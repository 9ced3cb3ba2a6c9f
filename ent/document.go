package ent

import (
	"encoding/json"
	"fmt"
)

// The first field of each persisted document. An older format stays readable.
const (
	ReportFormat      = "cartable.report/1"
	ExplanationFormat = "cartable.explanation/1"
	DisclosureFormat  = "cartable.disclosure/1"
	EventFormat       = "cartable.event/1"
)

// readDocument reads the fields of a document whose first one names the format wanted. It returns CodeFormat for
// another format.
func readDocument(b []byte, format string, fields any) error {
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return fmt.Errorf("ent: %s: %w", format, err)
	}
	if head.Format != format {
		return fmt.Errorf("ent: not a %s: %w", format, CodeFormat)
	}
	if err := json.Unmarshal(b, fields); err != nil {
		return fmt.Errorf("ent: %s: %w", format, err)
	}
	return nil
}
