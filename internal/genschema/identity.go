package main

import (
	"reflect"

	"github.com/opencartable/cartable/identity"
)

type layoutFields identity.Layout

type layout struct {
	Format string `json:"format"`
	layoutFields
}

// layoutNoun is what one partner receives, which people write by hand.
func layoutNoun() noun {
	return noun{
		group: "identity", name: "layout", version: 1, value: layout{}, format: identity.Format, document: identity.Layout{}, strict: true,
	}
}

// layoutClosed are the closed lists of a layout.
func layoutClosed() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[identity.Style](), reflect.TypeFor[identity.List](), reflect.TypeFor[identity.Each](), reflect.TypeFor[identity.Transform](),
	}
}
