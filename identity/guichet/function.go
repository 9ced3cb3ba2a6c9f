package guichet

import "github.com/opencartable/cartable/ent"

// Function is a value of FrEduFonctAdm, the administrative function of a member of staff. Others than those below pass.
type Function string

// The functions seen.
const (
	FunctionHead           Function = "DIR"
	FunctionAdministrative Function = "ADF"
	FunctionTeaching       Function = "ENS"
	FunctionAdministration Function = "ADM"
)

// Label returns the function in words; an unknown one as it is.
func (f Function) Label(lang ent.Lang) string {
	switch f {
	case FunctionHead:
		return ent.Label{FR: "direction", EN: "head"}.In(lang)
	case FunctionAdministrative:
		return ent.Label{FR: "personnel administratif", EN: "administrative staff"}.In(lang)
	case FunctionTeaching:
		return ent.Label{FR: "enseignement", EN: "teaching"}.In(lang)
	case FunctionAdministration:
		return ent.Label{FR: "administration", EN: "administration"}.In(lang)
	}
	return string(f)
}
