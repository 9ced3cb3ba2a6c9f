package people

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/examples/portal/intake"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/interop/aaf"
)

// What a page accepts: a night's Delta, or the Complet of a département.
const (
	maxUpload   = 64 << 20
	maxInflated = 512 << 20
	maxEntries  = 1000
	lastPlans   = 20
)

type importData struct {
	// Failed says why a delivery could not be compared; Findings then tell what was read.
	Failed   string
	Findings []web.Finding
	Offers   []offered
	Samples  []web.Link
	Plans    []applied
	Limit    int
}

// offered is a delivery of the command line that can be compared.
type offered struct {
	Number int
	Name   string
}

func (a *Area) importPage(r *http.Request, _ *asking) (web.Page, error) {
	return a.importWith(r, importData{})
}

func (a *Area) importWith(r *http.Request, d importData) (web.Page, error) {
	d.Limit = maxUpload >> 20
	last, err := a.store.Plans(r.Context(), lastPlans)
	if err != nil {
		return web.Page{}, fmt.Errorf("portal: %w", err)
	}
	for i := range last {
		d.Plans = append(d.Plans, a.applied(&last[i], i == 0))
	}
	if a.opt.Fictional {
		d.Samples = []web.Link{
			{Text: "Delta d’exemple", Path: "/annuaire/exemples/" + sampleDelta},
			{Text: "Complet d’exemple dont un fichier s’est perdu", Path: "/annuaire/exemples/" + sampleHoles},
		}
	} else {
		for _, o := range a.offers() {
			d.Offers = append(d.Offers, offered{o.Number, o.Name})
		}
	}
	p := web.Page{
		Title: "Import", View: a.views["import"], Data: d,
		Lead: web.French("Une livraison est comparée à l'annuaire. Rien ne change avant que quelqu'un ait lu le plan."),
	}
	if d.Failed != "" {
		p.Status = http.StatusUnprocessableEntity
	}
	return p, nil
}

func (a *Area) failed(r *http.Request, why string, report *ent.Report) (web.Page, error) {
	d := importData{Failed: web.French(why)}
	if report != nil {
		d.Findings = web.Findings(report)
	}
	return a.importWith(r, d)
}

// upload compares a delivery that was sent.
func (a *Area) upload(r *http.Request, q *asking) (web.Page, error) {
	files := r.MultipartForm.File["livraison"]
	if len(files) != 1 || files[0].Size == 0 {
		return a.failed(r, "Choisissez un fichier.", nil)
	}
	name := fileName(files[0].Filename)
	if name == "" {
		return a.failed(r, "Ce fichier n'est ni un .zip, ni un .tgz, ni un .xml.", nil)
	}
	if !a.comparing.TryLock() {
		return a.failed(r, "Une autre livraison est en cours de lecture : recommencez dans un instant.", nil)
	}
	defer a.comparing.Unlock()
	return a.received(r, q, files[0], name)
}

// received writes the delivery for the time of its reading, and compares it.
func (a *Area) received(r *http.Request, q *asking, file *multipart.FileHeader, name string) (p web.Page, err error) {
	dir, err := os.MkdirTemp(a.opt.TempDir, "cartable-portal-")
	if err != nil {
		return web.Page{}, fmt.Errorf("portal: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, name)
	if err := save(path, file); err != nil {
		return web.Page{}, err
	}
	feed, src := intake.Source(r.Context(), name, path, aaf.Options{Limits: aaf.Limits{FileBytes: maxInflated, Entries: maxEntries}})
	if src == nil {
		return a.failed(r, "Cette livraison n'a pas pu être lue jusqu'au bout : rien n'en est retenu.", feed.Report)
	}
	return a.compare(r, q, name, src)
}

// compareOffered compares a delivery of the command line.
func (a *Area) compareOffered(r *http.Request, q *asking) (web.Page, error) {
	n, err := strconv.Atoi(r.PathValue("feed"))
	if err != nil || a.opt.Fictional {
		return web.Page{}, web.ErrNotFound
	}
	for _, o := range a.offers() {
		if o.Number != n {
			continue
		}
		if !a.comparing.TryLock() {
			return a.failed(r, "Une autre livraison est en cours de lecture : recommencez dans un instant.", nil)
		}
		defer a.comparing.Unlock()
		return a.compare(r, q, o.Name, o.Model.Source(aaf.SourceOptions{Kind: o.Kind}))
	}
	return web.Page{}, web.ErrNotFound
}

// compare makes the plan and keeps it for whoever asked.
func (a *Area) compare(r *http.Request, q *asking, name string, src *aaf.Source) (web.Page, error) {
	plan, err := directory.Compare(r.Context(), a.store, src, a.policy())
	if err != nil {
		return web.Page{}, fmt.Errorf("portal: %w", err)
	}
	key, err := a.plans.put(plan, kept{owner: q.who.Ref, name: name, reading: src.Report(), comparison: plan.Report()})
	if err != nil {
		return web.Page{}, err
	}
	return web.Page{Redirect: "/annuaire/plans/" + key}, nil
}

var safeName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,80}$`)

// fileName returns the name under which a delivery is read, "" for what is none. The names of the feed say what it is, so
// the sender's is kept when it is harmless.
func fileName(sent string) string {
	base := sent[strings.LastIndexAny(sent, `/\`)+1:]
	lower := strings.ToLower(base)
	for _, ext := range []string{".zip", ".tgz", ".tar.gz", ".xml"} {
		switch {
		case !strings.HasSuffix(lower, ext):
		case safeName.MatchString(base):
			return base
		default:
			return "livraison" + ext
		}
	}
	return ""
}

func save(path string, file *multipart.FileHeader) (err error) {
	in, err := file.Open()
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	return nil
}

// applied is a plan that was applied, as lists show it.
type applied struct {
	Number           int64
	Path             string
	Origin, At, By   string
	Kept, Refused    int64
	State, Class     string
	Undoable, Undone bool
	Until            string
}

func (a *Area) applied(x *directorysql.Applied, last bool) applied {
	total := x.Report.Total()
	out := applied{
		Number: x.Plan, Path: "/annuaire/imports/" + strconv.FormatInt(x.Plan, 10), Origin: originLabel(x.Origin), At: moment(x.At),
		By: actorLabel(x.Actor), Kept: total.Kept, Refused: total.Refused, State: "définitif", Class: "info",
		Undone: x.Undone, Undoable: last && !x.Undone && a.opt.Now().Before(x.Until), Until: moment(x.Until),
	}
	switch {
	case out.Undone:
		out.State, out.Class = "annulé", "warn"
	case out.Undoable:
		out.State = "annulable"
	}
	return out
}
