package people

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/examples/portal/web"
)

// fieldLabel says a field of a person in French; an unknown one as it is.
func fieldLabel(f ent.Field) string {
	label, ok := map[ent.Field]string{
		"name.title": "civilité", "name.family": "nom d'usage", "name.birth": "nom de naissance", "name.given": "prénom",
		"name.others": "prénoms", "birthDate": "date de naissance",
		"contact.mail": "adresse électronique", "contact.home": "téléphone personnel", "contact.work": "téléphone professionnel",
		"contact.mobile": "téléphone mobile", "contact.sms": "téléphone pour les SMS",
		"contact.address.lines": "adresse", "contact.address.postalCode": "code postal", "contact.address.town": "commune",
		"contact.address.country": "pays", "contact.address.commune": "code de la commune", "contact.addressShared": "adresse communicable",
		"schooling.ine": "INE", "schooling.schoolNumber": "numéro dans l'établissement", "schooling.establishment": "établissement",
		"schooling.programme": "formation (MEF)", "schooling.levelCode": "code du niveau", "schooling.level": "niveau",
		"schooling.track": "filière", "schooling.regime": "régime", "schooling.regimeLabel": "libellé du régime",
		"schooling.scholarship": "boursier", "schooling.transport": "transport scolaire", "schooling.apprentice": "apprenti",
		"schooling.subjects": "matières suivies", "schooling.from": "début de scolarité", "schooling.to": "fin de scolarité",
	}[f]
	if !ok {
		return string(f)
	}
	return web.French(label)
}

// fieldValue shows the text of a field: dates as French writes them, lists with commas.
func fieldValue(v string) string {
	if d, err := ent.ParseDate(v); err == nil && !d.IsZero() {
		return d.French()
	}
	var list []string
	if strings.HasPrefix(v, "[") && json.Unmarshal([]byte(v), &list) == nil {
		return strings.Join(list, ", ")
	}
	switch v {
	case "true":
		return "oui"
	case "false":
		return "non"
	case "":
		return "(vide)"
	}
	return v
}

func categoryLabel(c directory.Category) string {
	switch c {
	case directory.Pupil:
		return "élève"
	case directory.Relative:
		return "responsable"
	case directory.Staff:
		return "personnel"
	case directory.Guest:
		return "invité"
	}
	return string(c)
}

// originLabel says where a key comes from.
func originLabel(o directory.Origin) string {
	_, which, _ := strings.Cut(string(o), ":")
	switch o.Kind() {
	case directory.KindAAF:
		return "AAF second degré, académie " + which
	case directory.KindAAF1D:
		return "AAF premier degré, académie " + which
	case directory.KindHand:
		return "saisie à la main"
	}
	return string(o)
}

func stateLabel(s directory.State) string {
	if s == "" {
		s = directory.Active
	}
	return web.French(s.Label(ent.FR))
}

// stateClass is how the style sheet shows a state.
func stateClass(s directory.State) string {
	switch s {
	case directory.Missing:
		return "warn"
	case directory.PreDeleted, directory.Purged:
		return "bad"
	case directory.Active, directory.Merged:
	}
	return "info"
}

func eventLabel(kind string) string {
	switch kind {
	case directorysql.EventCreated:
		return "compte créé"
	case directorysql.EventChanged:
		return "compte modifié"
	case directorysql.EventSuspended:
		return "absent de l’annuaire source"
	case directorysql.EventRestored:
		return "de retour"
	case directorysql.EventPreDeleted:
		return "mis en instance de suppression"
	case directorysql.EventPurged:
		return "supprimé définitivement"
	case directorysql.EventRemoved:
		return "retiré par l’annulation d’un import"
	case directorysql.EventActivated:
		return "compte activé"
	case directorysql.EventBlocked:
		return "compte bloqué"
	case directorysql.EventUnblocked:
		return "compte débloqué"
	case directorysql.EventMerged:
		return "fusionné dans un autre compte"
	case directorysql.EventUnmerged:
		return "fusion défaite"
	}
	return kind
}

func actorLabel(x ent.Actor) string {
	if x.Kind == ent.ActorSystem || x.ID == "" {
		return "le portail, à son ouverture"
	}
	return string(x.ID)
}

// moment writes an instant as French does.
func moment(t time.Time) string {
	t = t.In(paris())
	return ent.DateAt(t, paris()).French() + " à " + t.Format("15\u00a0h\u00a004")
}

func label(c interface{ Label(l ent.Lang) string }) string { return web.French(c.Label(ent.FR)) }

// shown is a name as lists show it; a person without name is not left blank.
func shown(n ent.Name) string {
	if s := n.Display(); s != "" {
		return s
	}
	return "(sans nom)"
}

// sortFrench sorts a list by a text, as a French dictionary does.
func sortFrench[T any](list []T, text func(*T) string) {
	c := collate.New(language.French, collate.Numeric)
	slices.SortStableFunc(list, func(x, y T) int { return c.CompareString(text(&x), text(&y)) })
}

// option is an entry of a list to choose from.
type option struct {
	Value, Text string
	Chosen      bool
}

// gazetteer names the places of the directory.
type gazetteer struct {
	schools map[ent.ID]string
	classes map[ent.ID]string
	order   []ent.ID // of the schools, by their names
}

func (a *Area) places(ctx context.Context) (*gazetteer, error) {
	p, err := a.store.Places(ctx)
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	g := &gazetteer{schools: map[ent.ID]string{}, classes: map[ent.ID]string{}}
	for i := range p.Establishments {
		g.name(&p.Establishments[i].Establishment)
	}
	for _, c := range p.Classes {
		g.classes[c.ID] = c.Code
	}
	for _, c := range p.Groups {
		g.classes[c.ID] = c.Code
	}
	sortFrench(g.order, func(id *ent.ID) string { return g.schools[*id] })
	return g, nil
}

func (g *gazetteer) name(e *ent.Establishment) {
	title := strings.TrimSpace(e.Kind + " " + ent.CaseName(e.Patronym))
	if title == "" {
		title = "Établissement " + string(e.ID)
	}
	if town := ent.CaseName(e.Town); town != "" {
		title += ", " + town
	}
	if _, known := g.schools[e.ID]; !known {
		g.order = append(g.order, e.ID)
	}
	g.schools[e.ID] = title
}

// school names an establishment; one that is not known yet by its identifier.
func (g *gazetteer) school(id ent.ID) string {
	if s := g.schools[id]; s != "" {
		return s
	}
	if id == "" {
		return "sans établissement"
	}
	return string(id)
}

func (g *gazetteer) class(id ent.ID) string {
	if s := g.classes[id]; s != "" {
		return s
	}
	return string(id)
}

// tie says a tie in words; people names the relatives.
func (g *gazetteer) tie(t *directory.Tie, people map[ent.ID]string) string {
	at := ""
	if t.Establishment != "" {
		at = " (" + g.school(t.Establishment) + ")"
	}
	switch t.Kind {
	case directory.TieEstablishment:
		text := g.school(t.Target)
		if t.Profile != "" {
			text += " : " + t.Profile.Label(ent.FR)
		}
		if t.ByChild {
			text += ", par un enfant"
		}
		return web.French(text)
	case directory.TieClass:
		return "classe " + g.class(t.Target) + at
	case directory.TieGroup:
		return "groupe " + g.class(t.Target) + at
	case directory.TieTeaching:
		kind := "enseigne à la classe "
		if t.Group {
			kind = "enseigne au groupe "
		}
		return kind + g.class(t.Target) + at
	case directory.TieHead:
		return "professeur principal de la classe " + g.class(t.Target) + at
	case directory.TieRelative:
		who := people[t.Target]
		if who == "" {
			who = "clé " + t.Relative.ID
		}
		parts := []string{"responsable " + who}
		for _, s := range []string{t.Kinship.Label(ent.FR), t.Responsibility.Label(ent.FR)} {
			if s != "" {
				parts = append(parts, s)
			}
		}
		return web.French(strings.Join(parts, ", "))
	}
	return string(t.Kind)
}

// names reads the names of some accounts.
func (a *Area) names(ctx context.Context, ids []ent.ID) (map[ent.ID]string, error) {
	list, err := a.accounts(ctx, directory.Query{IDs: ids})
	if err != nil {
		return nil, err
	}
	out := make(map[ent.ID]string, len(list))
	for i := range list {
		out[list[i].ID] = shown(list[i].Person.Name)
	}
	return out, nil
}

// pageOf reads the page number of a list; the first one when there is none.
func pageOf(r *http.Request) int {
	n, err := strconv.Atoi(r.FormValue("page"))
	if err != nil {
		return 1
	}
	return n
}
