package cahier

import (
	"context"
	"log/slog"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Query names sessions, by their day, or homework, by the day it is due. What is empty does not restrict; deleted entries are left
// out.
type Query struct {
	School   ent.ID
	Year     ent.SchoolYear
	Audience []timetable.Ref // one of these at least
	Teacher  ent.ID
	IDs      []ent.ID
	From, To ent.Date
}

// Store keeps cahiers. Package cahiertest proves one; cahiersql is one, and so is [Memory]. Nothing is written in a year of a school
// that is closed, what pupils did included: CodeArchived.
type Store interface {
	// Sessions and Homework return the last versions, sorted.
	Sessions(ctx context.Context, tenant ent.Tenant, q Query) ([]Session, error)
	Homework(ctx context.Context, tenant ent.Tenant, q Query) ([]Homework, error)
	// PutSession and PutHomework write a version that follows the last one (1 for a new entry), in the same school and year: CodeConflict
	// otherwise. A session under a visa is not deleted: CodeVisa.
	PutSession(ctx context.Context, tenant ent.Tenant, s Session) error
	PutHomework(ctx context.Context, tenant ent.Tenant, h Homework) error
	// SessionHistory returns the versions of a session, oldest first.
	SessionHistory(ctx context.Context, tenant ent.Tenant, id ent.ID) ([]Session, error)

	// PutProgress replaces what a pupil said of one piece of homework.
	PutProgress(ctx context.Context, tenant ent.Tenant, p Progress) error
	// Progress returns what pupils said of homework; of one pupil, unless it is "".
	Progress(ctx context.Context, tenant ent.Tenant, homework []ent.ID, pupil ent.ID) ([]Progress, error)
	// HandIn replaces what a pupil handed in, unless it was returned: CodeReturned.
	HandIn(ctx context.Context, tenant ent.Tenant, h HandedIn) error
	// Return adds the teacher's comment: CodeUnknown when nothing was handed in.
	Return(ctx context.Context, tenant ent.Tenant, homework, pupil ent.ID, comment string, at time.Time) error
	HandedIn(ctx context.Context, tenant ent.Tenant, homework []ent.ID, pupil ent.ID) ([]HandedIn, error)

	// AddVisa adds a visa whose sessions have the versions it names still: CodeConflict otherwise.
	AddVisa(ctx context.Context, tenant ent.Tenant, v Visa) error
	Visas(ctx context.Context, tenant ent.Tenant, school ent.ID, year ent.SchoolYear, teacher ent.ID) ([]Visa, error)
	PutHabilitation(ctx context.Context, tenant ent.Tenant, h Habilitation) error
	Habilitations(ctx context.Context, tenant ent.Tenant, school ent.ID) ([]Habilitation, error)

	// Progressions returns the folders and the templates of a teacher; PutFolders and PutTemplate replace, DeleteTemplate removes.
	Progressions(ctx context.Context, tenant ent.Tenant, owner ent.ID) ([]Folder, []Template, error)
	PutFolders(ctx context.Context, tenant ent.Tenant, owner ent.ID, folders []Folder) error
	PutTemplate(ctx context.Context, tenant ent.Tenant, t Template) error
	DeleteTemplate(ctx context.Context, tenant ent.Tenant, owner, id ent.ID) error

	// Close ends a year of a school with the archives that are made of all that was written in it, all or nothing: from then on it is
	// read only. Nobody writes between what archives are made of and the end; archives is not to call the store. Closing a year again
	// changes nothing: CodeArchived.
	Close(ctx context.Context, tenant ent.Tenant, school ent.ID, year ent.SchoolYear, archives func(Written) []Archive) error
	Closed(ctx context.Context, tenant ent.Tenant, school ent.ID, year ent.SchoolYear) (bool, error)
	// Archives returns those of a school, without their sessions and homework; Archive returns one whole, CodeUnknown for none.
	Archives(ctx context.Context, tenant ent.Tenant, school ent.ID) ([]Archive, error)
	Archive(ctx context.Context, tenant ent.Tenant, school ent.ID, year ent.SchoolYear, of timetable.Ref) (Archive, error)
	// Purge erases what pupils did in closed years before the day's, and the archives that are no longer kept on that day. It returns
	// how many things these were.
	Purge(ctx context.Context, tenant ent.Tenant, on ent.Date) (int64, error)
}

// Written is what was written in a school year: the last versions, sorted.
type Written struct {
	Sessions []Session
	Homework []Homework
	Visas    []Visa
}

// LogValue shows counts.
func (w Written) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("sessions", len(w.Sessions)), slog.Int("homework", len(w.Homework)), slog.Int("visas", len(w.Visas)))
}
