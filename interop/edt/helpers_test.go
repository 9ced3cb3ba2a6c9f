package edt_test

import (
	"slices"
	"strings"
)

func sorted(list []string) string {
	list = slices.Clone(list)
	slices.Sort(list)
	return strings.Join(list, " ")
}
