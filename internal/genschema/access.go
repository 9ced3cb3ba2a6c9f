package main

import (
	"reflect"

	"github.com/opencartable/cartable/ent/access"
)

type accessPolicy struct {
	Format string `json:"format"`
	access.Policy
}

// accessNoun is the policy of rights, which people write by hand.
func accessNoun() noun {
	return noun{
		group: "ent", name: "access", version: 1, value: accessPolicy{}, format: access.Format, document: access.Policy{}, strict: true,
	}
}

// accessClosed are the closed lists of a policy.
func accessClosed() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[access.Span](), reflect.TypeFor[access.InCharge](), reflect.TypeFor[access.OfAge](),
		reflect.TypeFor[access.GroupTeachers](), reflect.TypeFor[access.Users](), reflect.TypeFor[access.GroupKind](),
	}
}
