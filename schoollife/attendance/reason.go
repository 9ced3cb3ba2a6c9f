package attendance

import (
	"fmt"

	"github.com/opencartable/cartable/ent"
)

// Reason is why a pupil was absent or late.
type Reason struct {
	Code  ent.Code  `json:"code"`
	Label ent.Label `json:"label"`
	// Kinds it is proposed for; all when empty.
	Kinds []Kind `json:"kinds,omitempty"`
	// Legal is a motive that the law holds legitimate (Code de l'éducation, L131-8). Others are judged by the State's authority.
	Legal bool `json:"legal,omitempty"`
	// Proving asks for a document.
	Proving bool `json:"proving,omitempty"`
	// Uncounted absences are not counted at all: the pupil was where they should be.
	Uncounted bool `json:"uncounted,omitempty"`
	// NoAlert absences raise no alert: always, or once they are regularised.
	NoAlert NoAlert `json:"no_alert,omitempty"`
	// Declarable reasons are those that a relative may give.
	Declarable bool `json:"declarable,omitempty"`
	// Sensitive says that the reason tells of health or religion (RGPD, article 9): it is shown to nobody but the office, and is in
	// no export. None of ours is: who adds one marks it.
	Sensitive bool `json:"sensitive,omitempty"`
}

// NoAlert is when a reason keeps its event from raising an alert.
type NoAlert string

// The values of NoAlert.
const (
	NoAlertNever       NoAlert = ""
	NoAlertRegularised NoAlert = "regularised"
	NoAlertAlways      NoAlert = "always"
)

// Reasons returns a neutral list: the motives of L131-8, without saying who is ill of what, and what a school itself decides.
// None tells of health beyond the law's own words, or of religion: a caller adds such reasons, marked Sensitive, if at all.
func Reasons() []Reason {
	return []Reason{
		{Code: "LEGAL-ILLNESS", Legal: true, Declarable: true, Label: ent.Label{FR: "Maladie de l'enfant", EN: "Illness of the child"}, Kinds: []Kind{KindAbsence}},
		{Code: "LEGAL-CONTAGION", Legal: true, Declarable: true, Label: ent.Label{FR: "Maladie transmissible d'un membre de la famille", EN: "Contagious illness in the family"}, Kinds: []Kind{KindAbsence}},
		{Code: "LEGAL-GATHERING", Legal: true, Declarable: true, Label: ent.Label{FR: "Réunion solennelle de famille", EN: "Solemn family gathering"}, Kinds: []Kind{KindAbsence}},
		{Code: "LEGAL-TRANSPORT", Legal: true, Declarable: true, Label: ent.Label{FR: "Difficulté accidentelle des communications", EN: "Accidental difficulty of communications"}},
		{Code: "LEGAL-FOLLOWS", Legal: true, Declarable: true, Label: ent.Label{FR: "Absence temporaire des responsables, que l'enfant suit", EN: "The child follows the responsible persons, away for a time"}, Kinds: []Kind{KindAbsence}},
		{Code: "FAMILY", Declarable: true, Label: ent.Label{FR: "Raison familiale", EN: "Family reason"}},
		{Code: "APPOINTMENT", Declarable: true, Label: ent.Label{FR: "Rendez-vous extérieur", EN: "Appointment outside"}},
		{Code: "LATE-RISING", Declarable: true, Label: ent.Label{FR: "Réveil tardif", EN: "Rose late"}, Kinds: []Kind{KindLateness}},
		{Code: "SCHOOL-TRIP", Uncounted: true, NoAlert: NoAlertAlways, Label: ent.Label{FR: "Sortie ou voyage scolaire", EN: "School trip"}},
		{Code: "INTERNSHIP", Uncounted: true, NoAlert: NoAlertAlways, Label: ent.Label{FR: "Stage", EN: "Internship"}},
		{Code: "SCHOOL-DECISION", Uncounted: true, NoAlert: NoAlertAlways, Label: ent.Label{FR: "Convoqué par l'établissement", EN: "Called by the school"}},
		{Code: "INPUT-ERROR", Uncounted: true, NoAlert: NoAlertAlways, Label: ent.Label{FR: "Erreur de saisie", EN: "Entered by mistake"}},
		{Code: "NO-REASON", Label: ent.Label{FR: "Sans motif recevable", EN: "No acceptable reason"}},
	}
}

// ReasonGiven stands for a reason that is not shown to who reads: no list has it, so that [ReasonList.Shown] says "reason given".
const ReasonGiven ent.Code = "REASON-GIVEN" //nolint:errname // the code of a reason, not of an error

// ReasonList is a list of reasons by code.
type ReasonList struct{ by map[ent.Code]Reason }

// NewReasons returns a list. It returns CodeReason for one without code or label, or given twice.
func NewReasons(list []Reason) (ReasonList, error) {
	r := ReasonList{make(map[ent.Code]Reason, len(list))}
	for _, x := range list {
		if _, twice := r.by[x.Code]; twice || x.Code == "" || x.Label.FR == "" || x.Label.EN == "" {
			return ReasonList{}, fmt.Errorf("attendance: reason: %w", CodeReason)
		}
		r.by[x.Code] = x
	}
	return r, nil
}

// Get returns a reason. An event may hold a code that is not in the list: it is kept, and neither legal nor uncounted.
func (r ReasonList) Get(c ent.Code) (Reason, bool) {
	x, ok := r.by[c]
	return x, ok
}

// Shown returns the label that somebody outside the office may read: a sensitive reason, or an unknown one, is only "reason
// given"; without a reason it is empty.
func (r ReasonList) Shown(c ent.Code, lang ent.Lang) string {
	if c == "" {
		return ""
	}
	if x, ok := r.by[c]; ok && !x.Sensitive {
		return x.Label.In(lang)
	}
	return ent.Label{FR: "motif donné", EN: "reason given"}.In(lang)
}
