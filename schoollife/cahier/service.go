package cahier

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// School is what the cahier asks of the product around it.
type School interface {
	// Target returns the target of entries for an audience in a school, for access: its classes and groups.
	Target(ctx context.Context, tenant ent.Tenant, school ent.ID, audience []timetable.Ref) (access.Target, error)
	// Teaches reports whether a person teaches the pupils of an audience, so that they may write their cahier.
	Teaches(ctx context.Context, tenant ent.Tenant, school, teacher ent.ID, audience []timetable.Ref) (bool, error)
	// Pupil returns the target of a pupil on a day, and the classes, parts and groups that the pupil is in, with the pupil.
	Pupil(ctx context.Context, tenant ent.Tenant, pupil ent.ID, on ent.Date) (access.Target, []timetable.Ref, error)
	// Lesson returns a dated lesson. It returns CodeNoLesson for an unknown one.
	Lesson(ctx context.Context, tenant ent.Tenant, school ent.ID, k timetable.Key) (timetable.Lesson, error)
	// Audience says who is where in a school, for the workload.
	Audience(ctx context.Context, tenant ent.Tenant, school ent.ID) (*timetable.Audience, error)
}

// Asker is who asks, with their rights.
type Asker struct {
	Tenant ent.Tenant
	Guard  access.Guard
}

func (a Asker) person() ent.ID { return a.Guard.Scope.Person() }

// Service is the use cases, under the rights of who asks. It is safe for concurrent use.
type Service struct {
	Store  Store
	School School
	// Zone is that of the school.
	Zone *time.Location
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// NewID makes identifiers of entries.
	NewID func() ent.ID
}

func (s *Service) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func (s *Service) today() ent.Date { return ent.DateAt(s.now(), s.Zone) }

// owned is the target of what a teacher writes: theirs, if they teach these pupils.
func (s *Service) owned(ctx context.Context, a Asker, h *Head) (access.Target, error) {
	t, err := s.School.Target(ctx, a.Tenant, h.School, h.Audience)
	if err != nil {
		return t, err
	}
	teaches, err := s.School.Teaches(ctx, a.Tenant, h.School, h.Teacher, h.Audience)
	if teaches {
		t.Owners = append(slices.Clone(t.Owners), h.Teacher)
	}
	return t, err
}

// writes requires the right to write an entry, new or had: an entry stays its teacher's.
func (s *Service) writes(ctx context.Context, a Asker, h, had *Head) error {
	if had != nil && (h.Teacher != had.Teacher || h.School != had.School || h.Year != had.Year) {
		return fail(CodeRefused)
	}
	t, err := s.owned(ctx, a, h)
	if err != nil {
		return err
	}
	if err := a.Guard.Require(access.ActionHomeworkWrite, t); err != nil {
		return err
	}
	if a.person() != h.Teacher {
		return fail(CodeRefused)
	}
	return nil
}

// SaveSession writes a session, new when base is 0, over the version that the teacher saw otherwise. A session of a lesson has its
// pupils. A change of a session under a visa is a version that the visa does not cover; a deletion is refused (CodeVisa).
func (s *Service) SaveSession(ctx context.Context, a Asker, x Session, base int) (Session, error) {
	if err := x.Check(); err != nil {
		return Session{}, err
	}
	var had *Head
	if base > 0 {
		list, err := s.Store.Sessions(ctx, a.Tenant, Query{School: x.School, IDs: []ent.ID{x.ID}})
		if err != nil {
			return Session{}, err
		}
		if len(list) == 0 {
			return Session{}, fail(CodeUnknown)
		}
		had = &list[0].Head
	} else {
		x.ID = s.NewID()
	}
	if err := s.writes(ctx, a, &x.Head, had); err != nil {
		return Session{}, err
	}
	if x.Lesson != (timetable.Key{}) && !x.Deleted {
		l, err := s.School.Lesson(ctx, a.Tenant, x.School, x.Lesson)
		if err != nil {
			return Session{}, err
		}
		if l.Date != x.Date || !slices.ContainsFunc(x.Audience, l.Has) {
			return Session{}, fail(CodeNoLesson)
		}
	}
	x.Version, x.By, x.At = base+1, a.person(), s.now()
	return x, s.Store.PutSession(ctx, a.Tenant, x)
}

// SaveHomework writes homework as SaveSession writes a session, and returns the load of the day it is due with it: a warning, never a
// refusal.
func (s *Service) SaveHomework(ctx context.Context, a Asker, x Homework, base int) (Homework, Load, error) {
	if err := x.Check(); err != nil {
		return Homework{}, Load{}, err
	}
	var had *Head
	if base > 0 {
		list, err := s.Store.Homework(ctx, a.Tenant, Query{School: x.School, IDs: []ent.ID{x.ID}})
		if err != nil {
			return Homework{}, Load{}, err
		}
		if len(list) == 0 {
			return Homework{}, Load{}, fail(CodeUnknown)
		}
		had = &list[0].Head
	} else {
		x.ID = s.NewID()
	}
	if err := s.writes(ctx, a, &x.Head, had); err != nil {
		return Homework{}, Load{}, err
	}
	if x.For != (timetable.Key{}) && !x.Deleted {
		l, err := s.School.Lesson(ctx, a.Tenant, x.School, x.For)
		if err == nil {
			err = x.CheckFor(&l)
		}
		if err != nil {
			return Homework{}, Load{}, err
		}
	}
	x.Version, x.By, x.At = base+1, a.person(), s.now()
	if err := s.Store.PutHomework(ctx, a.Tenant, x); err != nil {
		return Homework{}, Load{}, err
	}
	load, err := s.load(ctx, a, x.School, x.Audience, x.Due)
	return x, load, err
}

func (s *Service) load(ctx context.Context, a Asker, school ent.ID, audience []timetable.Ref, on ent.Date) (Load, error) {
	who, err := s.School.Audience(ctx, a.Tenant, school)
	if err != nil {
		return Load{}, err
	}
	list, err := s.Store.Homework(ctx, a.Tenant, Query{School: school, From: on, To: on})
	return Workload(list, audience, on, who), err
}

// maxDays is how many days of workload may be asked for: a school year.
const maxDays = 366

// family reports whether an audience's homework is read as by a pupil or a relative, who see what is published only. Who asks for a pupil
// needs the right to read that pupil's.
func (s *Service) family(ctx context.Context, a Asker, t access.Target, audience []timetable.Ref, on ent.Date) (bool, error) {
	if err := a.Guard.Require(access.ActionHomeworkRead, t); err != nil {
		return false, err
	}
	for _, r := range audience {
		if r.Kind != timetable.KindPupil {
			continue
		}
		p, _, err := s.School.Pupil(ctx, a.Tenant, r.ID, on)
		if err == nil {
			err = a.Guard.Require(access.ActionHomeworkRead, p)
		}
		if err != nil {
			return false, err
		}
	}
	return ofFamily(a.Guard.Scope.Can(access.ActionHomeworkRead, t)), nil
}

// ofFamily reports whether a right is a pupil's own, or a relative's.
func ofFamily(d access.Decision) bool {
	return d.Span == access.SpanSelf || d.Span == access.SpanMyClasses || d.Span == access.SpanChildren || d.Span == access.SpanChildrenClasses
}

// Loads returns the workload of an audience on each day from one to another, a year at most (CodeDate), for a teacher who is about to
// give work. Pupils and relatives have that of what is published now.
func (s *Service) Loads(ctx context.Context, a Asker, school ent.ID, audience []timetable.Ref, from, to ent.Date) ([]Load, error) {
	switch {
	case from.IsZero() || to.IsZero() || from.AddDays(maxDays).Before(to):
		return nil, fail(CodeDate)
	case len(audience) > maxAudience:
		return nil, fail(CodeSize)
	}
	t, err := s.School.Target(ctx, a.Tenant, school, audience)
	if err != nil {
		return nil, err
	}
	t.Profile = ent.ProfilePupil
	family, err := s.family(ctx, a, t, audience, to)
	if err != nil {
		return nil, err
	}
	who, err := s.School.Audience(ctx, a.Tenant, school)
	if err != nil {
		return nil, err
	}
	list, err := s.Store.Homework(ctx, a.Tenant, Query{School: school, From: from, To: to})
	if err != nil {
		return nil, err
	}
	if family {
		list = slices.DeleteFunc(list, func(h Homework) bool { return !h.Visible(s.now()) })
	}
	var out []Load
	for on := from; !to.Before(on); on = on.AddDays(1) {
		out = append(out, Workload(list, audience, on, who))
	}
	return out, nil
}

// View is a cahier over some days.
type View struct {
	Sessions []Session
	// Homework that is due in these days.
	Homework []Homework
	// Done and Handed are those of the pupil, by homework, in a personal view.
	Done   map[ent.ID]Progress
	Handed map[ent.ID]HandedIn
}

// LogValue shows counts.
func (v View) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("sessions", len(v.Sessions)), slog.Int("homework", len(v.Homework)))
}

// Class returns the cahier of a class, a part or a group, the reference: its published sessions and homework, and what is not published
// for its teacher and for who may read it (the head, an inspector in the days of a habilitation, for the teachers it names). Private
// notes are the teacher's alone, and so are the pupils whom an entry names. It returns CodeAudience for a pupil, whose cahier is Pupil's.
func (s *Service) Class(ctx context.Context, a Asker, school ent.ID, of timetable.Ref, from, to ent.Date) (View, error) {
	if of.Kind == timetable.KindPupil {
		return View{}, fail(CodeAudience)
	}
	t, err := s.School.Target(ctx, a.Tenant, school, []timetable.Ref{of})
	if err != nil {
		return View{}, err
	}
	t.Profile = ent.ProfilePupil
	inspects, err := s.inspects(ctx, a, school)
	if err != nil {
		return View{}, err
	}
	denied := a.Guard.Require(access.ActionHomeworkRead, t)
	if denied != nil && len(inspects) == 0 {
		return View{}, denied
	}
	unpublished := a.Guard.Scope.Can(access.ActionSessionUnpublishedRead, t).Allowed
	q := Query{School: school, Audience: []timetable.Ref{of}, From: from, To: to}
	sees := func(h *Head) bool {
		if slices.Contains(inspects, h.Teacher) || h.Teacher == a.person() {
			return true
		}
		return denied == nil && (unpublished || h.Visible(s.now()))
	}
	return s.view(ctx, a, q, sees)
}

// inspects returns the teachers whose cahier a habilitation opens to who asks, today.
func (s *Service) inspects(ctx context.Context, a Asker, school ent.ID) ([]ent.ID, error) {
	list, err := s.Store.Habilitations(ctx, a.Tenant, school)
	var out []ent.ID
	for i := range list {
		for _, t := range list[i].Teachers {
			if list[i].Allows(a.person(), t, s.today()) {
				out = append(out, t)
			}
		}
	}
	return out, err
}

func (s *Service) view(ctx context.Context, a Asker, q Query, sees func(*Head) bool) (View, error) {
	var v View
	sessions, err := s.Store.Sessions(ctx, a.Tenant, q)
	if err != nil {
		return v, err
	}
	for _, x := range sessions {
		if sees(&x.Head) {
			if x.Teacher != a.person() {
				x.Private, x.Audience = "", withoutPupils(x.Audience, q.Audience...)
			}
			v.Sessions = append(v.Sessions, x)
		}
	}
	homework, err := s.Store.Homework(ctx, a.Tenant, q)
	for _, x := range homework {
		if sees(&x.Head) {
			if x.Teacher != a.person() {
				x.Audience = withoutPupils(x.Audience, q.Audience...)
			}
			v.Homework = append(v.Homework, x)
		}
	}
	return v, err
}

// Teacher returns what a teacher wrote, for the teacher.
func (s *Service) Teacher(ctx context.Context, a Asker, school ent.ID, from, to ent.Date) (View, error) {
	if a.Guard.Scope == nil || a.person() == "" { // a query for nobody is one for everybody
		return View{}, fail(CodeRefused)
	}
	return s.view(ctx, a, Query{School: school, Teacher: a.person(), From: from, To: to}, func(*Head) bool { return true })
}

// Pupil returns the cahier of one pupil: what is published for the class, the parts and the groups that the pupil is in, and what the
// pupil has done. It needs the right to read the pupil's homework: the pupil's own, a relative's, a teacher's. Other than the pupil and
// the relatives, only the teacher of the homework sees what the pupil has done of it.
func (s *Service) Pupil(ctx context.Context, a Asker, pupil ent.ID, from, to ent.Date) (View, error) {
	t, refs, err := s.School.Pupil(ctx, a.Tenant, pupil, to)
	if err != nil {
		return View{}, err
	}
	if err := a.Guard.Require(access.ActionHomeworkRead, t); err != nil {
		return View{}, err
	}
	if len(refs) == 0 { // a query without an audience is one for all
		return View{}, nil
	}
	v, err := s.view(ctx, a, Query{Audience: refs, From: from, To: to}, func(h *Head) bool { return h.Visible(s.now()) && h.near(&t) })
	if err != nil || len(v.Homework) == 0 {
		return v, err
	}
	family := ofFamily(a.Guard.Scope.Can(access.ActionHomeworkRead, t))
	var ids []ent.ID
	for i := range v.Homework {
		if family || v.Homework[i].Teacher == a.person() {
			ids = append(ids, v.Homework[i].ID)
		}
	}
	v.Done, v.Handed = map[ent.ID]Progress{}, map[ent.ID]HandedIn{}
	done, err := s.Store.Progress(ctx, a.Tenant, ids, pupil)
	if err != nil {
		return v, err
	}
	for _, p := range done {
		v.Done[p.Homework] = p
	}
	handed, err := s.Store.HandedIn(ctx, a.Tenant, ids, pupil)
	for _, h := range handed {
		v.Handed[h.Homework] = h
	}
	return v, err
}

// near reports whether an entry is of a school of a pupil: two schools may have classes of one name.
func (h *Head) near(t *access.Target) bool {
	return len(t.Establishments) == 0 || slices.Contains(t.Establishments, h.School)
}

// mine returns homework that is the asker's to do.
func (s *Service) mine(ctx context.Context, a Asker, homework ent.ID) (*Homework, error) {
	list, err := s.Store.Homework(ctx, a.Tenant, Query{IDs: []ent.ID{homework}})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || !list[0].Visible(s.now()) {
		return nil, fail(CodeUnknown)
	}
	h := &list[0]
	t, refs, err := s.School.Pupil(ctx, a.Tenant, a.person(), h.Due)
	if err != nil {
		return nil, err
	}
	if err := a.Guard.Require(access.ActionHomeworkRead, t); err != nil {
		return nil, err
	}
	in := make(map[timetable.Ref]bool, len(refs))
	for _, r := range refs {
		in[r] = true
	}
	if !h.Concerns(in) || !h.near(&t) {
		return nil, fail(CodeUnknown)
	}
	return h, nil
}

// SetDone says that the pupil who asks has done homework, or not. Nobody else does so in their place.
func (s *Service) SetDone(ctx context.Context, a Asker, homework ent.ID, done bool) error {
	if _, err := s.mine(ctx, a, homework); err != nil {
		return err
	}
	return s.Store.PutProgress(ctx, a.Tenant, Progress{homework, a.person(), done, s.now()})
}

// HandIn hands in what the pupil who asks did, and replaces what they handed in before, until the teacher returns it.
func (s *Service) HandIn(ctx context.Context, a Asker, homework ent.ID, text string, files []File) (HandedIn, error) {
	h, err := s.mine(ctx, a, homework)
	if err != nil {
		return HandedIn{}, err
	}
	switch {
	case !h.HandIn:
		return HandedIn{}, fail(CodeNoHandIn)
	case text == "" && len(files) == 0:
		return HandedIn{}, fail(CodeEmpty)
	case len(text) > maxText || len(files) > maxFiles:
		return HandedIn{}, fail(CodeSize)
	case slices.ContainsFunc(files, File.bad):
		return HandedIn{}, fail(CodeFile)
	}
	x := HandedIn{Homework: homework, Pupil: a.person(), Text: text, Files: files, At: s.now()}
	return x, s.Store.HandIn(ctx, a.Tenant, x)
}

// Work returns what pupils did of homework, for its teacher.
func (s *Service) Work(ctx context.Context, a Asker, homework ent.ID) ([]Progress, []HandedIn, error) {
	if err := s.own(ctx, a, homework); err != nil {
		return nil, nil, err
	}
	done, err := s.Store.Progress(ctx, a.Tenant, []ent.ID{homework}, "")
	if err != nil {
		return nil, nil, err
	}
	handed, err := s.Store.HandedIn(ctx, a.Tenant, []ent.ID{homework}, "")
	return done, handed, err
}

func (s *Service) own(ctx context.Context, a Asker, homework ent.ID) error {
	list, err := s.Store.Homework(ctx, a.Tenant, Query{IDs: []ent.ID{homework}})
	if err != nil {
		return err
	}
	if len(list) == 0 || list[0].Teacher != a.person() {
		return fail(CodeUnknown)
	}
	return s.writes(ctx, a, &list[0].Head, nil)
}

// Return gives what a pupil handed in back with a comment, for the teacher of the homework.
func (s *Service) Return(ctx context.Context, a Asker, homework, pupil ent.ID, comment string) error {
	if len(comment) > maxText {
		return fail(CodeSize)
	}
	if err := s.own(ctx, a, homework); err != nil {
		return err
	}
	return s.Store.Return(ctx, a.Tenant, homework, pupil, comment, s.now())
}

// GiveVisa gives a visa on the sessions of a teacher between two days, as they are: all of these that the visa's audience and subject
// name. It needs the right to give visas in the school, or a habilitation on that teacher. v says what it is on; who and when are added.
func (s *Service) GiveVisa(ctx context.Context, a Asker, v Visa) (Visa, error) {
	if v.School == "" || v.Teacher == "" {
		return Visa{}, fail(CodeIncomplete)
	}
	t, err := s.School.Target(ctx, a.Tenant, v.School, v.Audience)
	if err != nil {
		return Visa{}, err
	}
	inspects, err := s.inspects(ctx, a, v.School)
	if err != nil {
		return Visa{}, err
	}
	if !slices.Contains(inspects, v.Teacher) {
		if err := a.Guard.Require(access.ActionVisaWrite, t); err != nil {
			return Visa{}, err
		}
	}
	if len(v.Comment) > maxText || v.From.IsZero() || v.To.Before(v.From) || !v.Year.Contains(v.From) || !v.Year.Contains(v.To) {
		return Visa{}, fail(CodeDate)
	}
	sessions, err := s.Store.Sessions(ctx, a.Tenant, Query{School: v.School, Year: v.Year, Teacher: v.Teacher, Audience: v.Audience, From: v.From, To: v.To})
	if err != nil {
		return Visa{}, err
	}
	v.Sessions = nil
	for i := range sessions {
		if x := &sessions[i]; (v.Subject == "" || x.Subject == v.Subject) && x.Visible(s.now()) {
			v.Sessions = append(v.Sessions, Seen{x.ID, x.Version})
		}
	}
	if len(v.Sessions) == 0 {
		return Visa{}, fail(CodeUnknown)
	}
	v.ID, v.By, v.At = s.NewID(), a.person(), s.now()
	return v, s.Store.AddVisa(ctx, a.Tenant, v)
}

// Visas returns the visas on a teacher's cahier: the teacher's own, or for who may read them.
func (s *Service) Visas(ctx context.Context, a Asker, school ent.ID, year ent.SchoolYear, teacher ent.ID) ([]Visa, error) {
	t := access.Target{Establishments: []ent.ID{school}, Owners: []ent.ID{teacher}}
	if err := a.Guard.Require(access.ActionVisaRead, t); err != nil {
		return nil, err
	}
	return s.Store.Visas(ctx, a.Tenant, school, year, teacher)
}

// Subject is what an archive is made of: a class, a part or a group, with its name.
type Subject struct {
	Of    timetable.Ref
	Label string
}

// CloseYear archives the cahiers of a school year and makes it read only, all or nothing. It needs the right to give visas in the
// school: the head's. With dry it only returns the archives that it would make. teachers and subjects name them, and are not to call the
// store.
func (s *Service) CloseYear(ctx context.Context, a Asker, school ent.ID, year ent.SchoolYear, of []Subject, teachers, subjects func(ent.ID) string, dry bool) ([]Archive, error) {
	if err := a.Guard.Require(access.ActionVisaWrite, access.Target{Establishments: []ent.ID{school}}); err != nil {
		return nil, err
	}
	if s.today().Before(year.Last()) && !dry {
		return nil, fail(CodeDate) // lessons may still come
	}
	made := func(w Written) []Archive {
		out := make([]Archive, 0, len(of))
		for _, x := range of {
			y := Archived(x.Of, x.Label, w.Sessions, w.Homework, w.Visas, teachers, subjects, s.now())
			y.School, y.Year = school, year
			out = append(out, y)
		}
		return out
	}
	if dry {
		w, err := s.written(ctx, a.Tenant, school, year)
		return made(w), err
	}
	var out []Archive
	err := s.Store.Close(ctx, a.Tenant, school, year, func(w Written) []Archive {
		out = made(w)
		return out
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (s *Service) written(ctx context.Context, tenant ent.Tenant, school ent.ID, year ent.SchoolYear) (w Written, err error) {
	q := Query{School: school, Year: year}
	if w.Sessions, err = s.Store.Sessions(ctx, tenant, q); err != nil {
		return Written{}, err
	}
	if w.Homework, err = s.Store.Homework(ctx, tenant, q); err != nil {
		return Written{}, err
	}
	w.Visas, err = s.Store.Visas(ctx, tenant, school, year, "")
	return w, err
}

// Archive returns an archived cahier, for who may read the cahier of the class, or all of the school. Visas are in it for who may read
// visas, and for the teacher whom they are on.
func (s *Service) Archive(ctx context.Context, a Asker, school ent.ID, year ent.SchoolYear, of timetable.Ref) (Archive, error) {
	t, err := s.School.Target(ctx, a.Tenant, school, []timetable.Ref{of})
	if err != nil {
		return Archive{}, err
	}
	t.Profile = ent.ProfilePupil
	if err := a.Guard.Require(access.ActionHomeworkRead, t); err != nil {
		return Archive{}, err
	}
	y, err := s.Store.Archive(ctx, a.Tenant, school, year, of)
	if err != nil {
		return Archive{}, err
	}
	all := a.Guard.Scope.Can(access.ActionVisaRead, t).Allowed
	return y.onlyVisas(func(v *Visa) bool { return all || v.Teacher == a.person() }), nil
}
