package access

import (
	"slices"
	"strings"
	"sync"

	"github.com/opencartable/cartable/ent"
)

// Action names something that a person does: an area, a dot, a verb. A product adds its own; an unknown one is kept, and
// nobody may do it until a grant names it.
type Action string

// The actions of the default policy.
const (
	ActionTimetableRead  Action = "timetable.read"
	ActionCallRead       Action = "call.read"
	ActionCallWrite      Action = "call.write"
	ActionAbsenceRead    Action = "absence.read"
	ActionAbsenceDeclare Action = "absence.declare"
	ActionAbsenceWrite   Action = "absence.write"
	// ActionAbsenceReasonRead is apart: a reason may reveal health, religion or family matters.
	ActionAbsenceReasonRead      Action = "absence.reason.read"
	ActionIncidentRead           Action = "incident.read"
	ActionIncidentWrite          Action = "incident.write"
	ActionSanctionRead           Action = "sanction.read"
	ActionSanctionWrite          Action = "sanction.write"
	ActionHomeworkRead           Action = "homework.read"
	ActionHomeworkWrite          Action = "homework.write"
	ActionSessionUnpublishedRead Action = "session.unpublished.read"
	ActionVisaRead               Action = "visa.read"
	ActionVisaWrite              Action = "visa.write"
	ActionMarksRead              Action = "marks.read"
	ActionMarksWrite             Action = "marks.write"
	ActionBulletinRead           Action = "bulletin.read"
	ActionBulletinWrite          Action = "bulletin.write"
	// ActionBulletinLock opens and locks a period of a class: what may still be written, and when families see it.
	ActionBulletinLock  Action = "bulletin.lock"
	ActionBookingRead   Action = "booking.read"
	ActionBookingWrite  Action = "booking.write"
	ActionBookingManage Action = "booking.manage"
	ActionMessageRead   Action = "message.read"
	// ActionPersonRead is the entry of the directory (name, profile, class); ActionContactRead the address, phone and mail.
	ActionPersonRead          Action = "person.read"
	ActionContactRead         Action = "contact.read"
	ActionAccountManage       Action = "account.manage"
	ActionGroupManage         Action = "group.manage"
	ActionRightsManage        Action = "rights.manage"
	ActionCommunicationManage Action = "communication.manage"
	ActionDirectoryImport     Action = "directory.import"
)

// actionInfo is what is known of an action.
type actionInfo struct {
	action Action
	label  ent.Label
	// schoolLife says that it shows or changes what happens to pupils: administering is no reason to do it.
	schoolLife bool
}

var actionList = sync.OnceValue(func() []actionInfo {
	life := func(a Action, fr, en string) actionInfo { return actionInfo{a, ent.Label{FR: fr, EN: en}, true} }
	other := func(a Action, fr, en string) actionInfo { return actionInfo{a, ent.Label{FR: fr, EN: en}, false} }
	return []actionInfo{
		life(ActionTimetableRead, "lire un emploi du temps", "read a timetable"),
		life(ActionCallRead, "lire un appel", "read a roll call"),
		life(ActionCallWrite, "faire l'appel", "call the roll"),
		life(ActionAbsenceRead, "voir une absence", "see an absence"),
		life(ActionAbsenceDeclare, "déclarer une absence", "declare an absence"),
		life(ActionAbsenceWrite, "saisir une absence", "record an absence"),
		life(ActionAbsenceReasonRead, "lire le motif d'une absence", "read the reason of an absence"),
		life(ActionIncidentRead, "lire un incident", "read an incident"),
		life(ActionIncidentWrite, "signaler un incident", "report an incident"),
		life(ActionSanctionRead, "lire une sanction", "read a sanction"),
		life(ActionSanctionWrite, "prononcer une sanction", "decide a sanction"),
		life(ActionHomeworkRead, "lire le cahier de textes", "read lessons and homework"),
		life(ActionHomeworkWrite, "remplir le cahier de textes", "write lessons and homework"),
		life(ActionSessionUnpublishedRead, "lire une séance non publiée", "read an unpublished session"),
		life(ActionVisaRead, "voir un visa", "see a visa"),
		life(ActionVisaWrite, "viser un cahier de textes", "give a visa"),
		life(ActionMarksRead, "lire les notes", "read marks"),
		life(ActionMarksWrite, "saisir des notes", "write marks"),
		life(ActionBulletinRead, "lire un bulletin", "read a school report"),
		life(ActionBulletinWrite, "rédiger un bulletin", "write a school report"),
		life(ActionBulletinLock, "ouvrir et verrouiller une période", "open and lock a period"),
		other(ActionBookingRead, "voir une réservation", "see a booking"),
		other(ActionBookingWrite, "réserver", "book"),
		other(ActionBookingManage, "gérer les ressources à réserver", "manage what is booked"),
		life(ActionMessageRead, "lire un message", "read a message"),
		other(ActionPersonRead, "voir une personne dans l'annuaire", "see a person in the directory"),
		other(ActionContactRead, "lire les coordonnées d'une personne", "read a person's contact data"),
		other(ActionAccountManage, "gérer les comptes", "manage accounts"),
		other(ActionGroupManage, "gérer les groupes", "manage groups"),
		other(ActionRightsManage, "gérer les droits", "manage rights"),
		other(ActionCommunicationManage, "gérer qui écrit à qui", "manage who writes to whom"),
		other(ActionDirectoryImport, "importer l'annuaire", "import the directory"),
	}
})

// Actions returns the actions known here, in the order of the visibility table.
func Actions() []Action {
	out := make([]Action, 0, len(actionList()))
	for _, i := range actionList() {
		out = append(out, i.action)
	}
	return out
}

func (a Action) info() (actionInfo, bool) {
	list := actionList()
	i := slices.IndexFunc(list, func(i actionInfo) bool { return i.action == a })
	if i < 0 {
		return actionInfo{action: a, label: ent.Label{FR: string(a), EN: string(a)}}, false
	}
	return list[i], true
}

// Known reports whether the action is one of this package's.
func (a Action) Known() bool { _, ok := a.info(); return ok }

// Label returns the action in words; an unknown one as it is.
func (a Action) Label(lang ent.Lang) string { i, _ := a.info(); return i.label.In(lang) }

// Area returns what stands before the first dot: "absence" for "absence.reason.read".
func (a Action) Area() string { area, _, _ := strings.Cut(string(a), "."); return area }

// SchoolLife reports whether the action shows or changes what happens to pupils at school. Administering accounts is no
// reason to do it. An unknown action is not.
func (a Action) SchoolLife() bool { i, _ := a.info(); return i.schoolLife }
