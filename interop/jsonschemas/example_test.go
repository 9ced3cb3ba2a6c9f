package jsonschemas_test

import (
	"encoding/json"
	"fmt"

	"github.com/opencartable/cartable/interop/jsonschemas"
)

func ExampleGet() {
	b, ok := jsonschemas.Get("ent/uai-1")
	var schema struct {
		ID      string `json:"$id"`
		Pattern string `json:"pattern"`
	}
	fmt.Println(ok, json.Unmarshal(b, &schema))
	fmt.Println(schema.ID)
	fmt.Println(schema.Pattern)
	// Output:
	// true <nil>
	// urn:cartable:schema:ent:uai:1
	// ^[0-9]{7}[A-HJ-NPR-Z]$
}
