package annuaire

import (
	"path"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// ParseFolder reads the name of a folder, StructureName@externalId_UAI_overrideClass, of which the two last parts may be
// missing. It returns CodeSchool for a name without an identifier, and CodeUAI, beside the school, when what stands at the
// place of the UAI is none. Source: entcore's feeder.
func ParseFolder(name string) (school ent.Establishment, overrideClass string, err error) {
	label, rest, ok := strings.Cut(path.Base(strings.ReplaceAll(name, `\`, "/")), "@")
	parts := strings.SplitN(rest, "_", 3)
	if !ok || strings.TrimSpace(parts[0]) == "" {
		return ent.Establishment{}, "", catalog().New(CodeSchool, ent.Pos{}, "$")
	}
	school.Patronym, school.ID = strings.TrimSpace(label), ent.ID(strings.TrimSpace(parts[0]))
	if len(parts) == 3 {
		overrideClass = strings.TrimSpace(parts[2])
	}
	if len(parts) > 1 && parts[1] != "" {
		uai, bad := ent.ParseUAI(strings.TrimSpace(parts[1]))
		if bad != nil {
			return school, overrideClass, catalog().New(CodeUAI, ent.Pos{}, "$.uai")
		}
		school.UAI = uai
	}
	return school, overrideClass, nil
}
