package attendancesql

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/timetable"
)

var _ ent.Holder = (*Store)(nil)

const part = "attendance"

// Part is of [ent.Holder].
func (s *Store) Part() string { return part }

// naming is a condition on a JSON text: a person is in it, as JSON writes it.
func naming(person ent.ID) (string, error) {
	text, err := write(string(person))
	r := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	return "%" + r.Replace(text) + "%", err
}

// holdings gathers what is held on one account.
type holdings struct {
	out []ent.Holding
	err error
}

func (h *holdings) add(kind string, v any) {
	b, err := json.Marshal(v)
	if err != nil && h.err == nil {
		h.err = unreadable()
	}
	h.out = append(h.out, ent.Holding{Part: part, Kind: kind, Data: b})
}

// mark is an entry of a roll call for the pupil who was marked.
type mark struct {
	Lesson timetable.Key `json:"lesson"`
	attendance.Mark
	Set time.Time `json:"set"`
}

// told is a proof for the relative who was told.
type told struct {
	Pupil ent.ID    `json:"pupil"`
	Date  ent.Date  `json:"date"`
	Sent  time.Time `json:"sent"`
	By    ent.ID    `json:"person"`
}

// incident is an incident for one who took part: nothing of the others, whom its text may name when there are some.
type incident struct {
	At          attendance.Moment `json:"at"`
	Place       string            `json:"place,omitempty"`
	Type        string            `json:"type,omitempty"`
	Seriousness int               `json:"seriousness,omitempty"`
	Text        string            `json:"text,omitempty"`
	Person      ent.ID            `json:"person"`
	Roles       []attendance.Role `json:"roles,omitempty"`
}

// authored is what somebody of the school wrote on others, without saying what: it is theirs.
type authored struct {
	Person ent.ID `json:"person"`
	Marks  int64  `json:"marks,omitempty"`
	Others int64  `json:"others,omitempty"`
}

// Held is of [ent.Holder]. For a pupil: the marks of roll calls, the events with their history, what was declared but for the words of
// who did, who was told but for the names, the incidents with the pupil's own role and measures. For a relative: the declarations made
// and the messages sent. For the staff: how much they wrote.
func (s *Store) Held(ctx context.Context, tenant ent.Tenant, person ent.ID) ([]ent.Holding, error) {
	var h holdings
	err := s.view(ctx, tenant, func(tx *sqldb.Tx, alias aliases) error {
		h = holdings{}
		for _, id := range alias.accounts(person) {
			for _, f := range []func(context.Context, *sqldb.Tx, ent.ID, *holdings) error{heldAbsences, heldFamily, heldIncidents, heldAuthored} {
				if err := f(ctx, tx, id, &h); err != nil {
					return err
				}
			}
		}
		return h.err
	})
	return h.out, err
}

// callsOf returns the roll calls whose entries may name a person, or which the person closed; end is what the statement ends with.
func callsOf(ctx context.Context, tx *sqldb.Tx, id ent.ID, end string) ([]attendance.RollCall, error) {
	like, err := naming(id)
	if err != nil {
		return nil, err
	}
	return sqldb.All(ctx, tx, `SELECT `+callColumns+` FROM {attendance_call} WHERE tenant = $1 AND (closer = $2 OR entries LIKE $3 ESCAPE '\')
		ORDER BY planned, course`+end, []any{string(tx.Tenant()), string(id), like}, readCall)
}

func heldAbsences(ctx context.Context, tx *sqldb.Tx, id ent.ID, h *holdings) error {
	calls, err := callsOf(ctx, tx, id, "")
	if err != nil {
		return err
	}
	for _, c := range calls {
		for _, e := range c.Entries {
			if e.Pupil == id {
				h.add("mark", mark{c.Lesson, e.Mark, e.At})
			}
		}
	}
	events, err := sqldb.All(ctx, tx, `SELECT `+eventRead+` FROM {attendance_event} e WHERE e.tenant = $1 AND e.pupil = $2 ORDER BY e.starts, e.id, e.version`,
		[]any{string(tx.Tenant()), string(id)}, readEvent)
	for _, e := range events {
		e.By = "" // another person
		h.add("event", e)
	}
	return err
}

func heldFamily(ctx context.Context, tx *sqldb.Tx, id ent.ID, h *holdings) error {
	declarations, err := sqldb.All(ctx, tx, `SELECT `+declarationColumns+` FROM {attendance_declaration} WHERE tenant = $1 AND (pupil = $2 OR writer = $2)
		ORDER BY starts, id`, []any{string(tx.Tenant()), string(id)}, readDeclaration)
	if err != nil {
		return err
	}
	for _, d := range declarations {
		d.TreatedBy = ""
		if d.By != id { // a parent does not read the words of the other one, nor by the child
			d.By, d.Text = "", ""
		}
		h.add("declaration", d)
	}
	proofs, err := sqldb.All(ctx, tx, `SELECT `+proofColumns+` FROM {attendance_proof} WHERE tenant = $1 AND (pupil = $2 OR person = $2) ORDER BY day, pupil, sent`,
		[]any{string(tx.Tenant()), string(id)}, readProof)
	for _, p := range proofs {
		t := told{p.Pupil, p.Date, p.At, p.Person}
		if p.Person != id {
			t.By = ""
		}
		h.add("told", t)
	}
	return err
}

func heldIncidents(ctx context.Context, tx *sqldb.Tx, id ent.ID, h *holdings) error {
	text, err := write([]ent.ID{id})
	if err != nil {
		return err
	}
	list, err := rawIncidents(ctx, tx, concerning(tx.Engine()), text, "")
	for i := range list {
		x := &list[i]
		own := incident{At: x.At, Place: x.Place, Type: x.Type, Seriousness: x.Seriousness, Text: x.Text, Person: id}
		for _, p := range x.Persons {
			if p.Person == id {
				own.Roles = append(own.Roles, p.Role)
			} else {
				own.Text = ""
			}
		}
		var measures []attendance.Measure
		for _, m := range x.Measures {
			if m.Pupil == id {
				m.By = ""
				measures = append(measures, m)
			} else {
				own.Text = ""
			}
		}
		h.add("incident", own)
		for _, m := range measures {
			h.add("measure", m)
		}
	}
	return err
}

// written are the columns of who wrote something on somebody else.
func written() [][2]string {
	return [][2]string{
		{"attendance_event", "writer"}, {"attendance_declaration", "treated_by"}, {"attendance_incident", "writer"}, {"attendance_measure", "writer"},
	}
}

func heldAuthored(ctx context.Context, tx *sqldb.Tx, id ent.ID, h *holdings) error {
	a := authored{Person: id}
	calls, err := callsOf(ctx, tx, id, "")
	if err != nil {
		return err
	}
	for _, c := range calls {
		for _, e := range c.Entries {
			if e.By == id {
				a.Marks++
			}
		}
		if c.By == id {
			a.Others++
		}
	}
	for _, w := range written() {
		var n int64
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM {`+w[0]+`} WHERE tenant = $1 AND `+w[1]+` = $2`, []any{string(tx.Tenant()), string(id)}, &n); err != nil {
			return err
		}
		a.Others += n
	}
	if a.Marks+a.Others > 0 {
		h.add("authored", a)
	}
	return nil
}

// Erase is of [ent.Holder]: what is held on a pupil goes. What a person wrote on others stays without a name; a relative's words go
// with it, and an incident that concerns nobody any more. An account that is gone has nothing: all is with the one that was kept.
func (s *Store) Erase(ctx context.Context, tenant ent.Tenant, person ent.ID) (int64, error) {
	var total int64
	err := s.update(ctx, tenant, func(tx *sqldb.Tx, alias aliases) error {
		total = 0
		for _, id := range alias.accounts(person) {
			n, err := erase(ctx, tx, id)
			if err != nil {
				return err
			}
			total += n
		}
		return nil
	})
	return total, err
}

func erase(ctx context.Context, tx *sqldb.Tx, id ent.ID) (int64, error) {
	total, err := eraseMarks(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	text, err := write([]ent.ID{id})
	if err != nil {
		return 0, err
	}
	mine, err := rawIncidents(ctx, tx, concerning(tx.Engine()), text, lock(tx))
	if err != nil {
		return 0, err
	}
	for _, query := range []string{
		`DELETE FROM {attendance_event} WHERE tenant = $1 AND pupil = $2`,
		`DELETE FROM {attendance_declaration} WHERE tenant = $1 AND pupil = $2`,
		`UPDATE {attendance_declaration} SET writer = '', words = '' WHERE tenant = $1 AND writer = $2`,
		`DELETE FROM {attendance_proof} WHERE tenant = $1 AND pupil = $2`,
		`UPDATE {attendance_proof} SET person = '' WHERE tenant = $1 AND person = $2`,
		`DELETE FROM {attendance_person} WHERE tenant = $1 AND person = $2`,
		`DELETE FROM {attendance_measure} WHERE tenant = $1 AND pupil = $2`,
		`DELETE FROM {attendance_merge} WHERE tenant = $1 AND (gone = $2 OR kept = $2)`,
	} {
		n, err := tx.Exec(ctx, query, string(tx.Tenant()), string(id))
		if err != nil {
			return 0, err
		}
		total += n
	}
	for _, w := range written() {
		n, err := tx.Exec(ctx, `UPDATE {`+w[0]+`} SET `+w[1]+` = '' WHERE tenant = $1 AND `+w[1]+` = $2`, string(tx.Tenant()), string(id))
		if err != nil {
			return 0, err
		}
		total += n
	}
	for _, i := range mine {
		n, err := tx.Exec(ctx, `DELETE FROM {attendance_incident} WHERE tenant = $1 AND id = $2
			AND NOT EXISTS (SELECT 1 FROM {attendance_person} p WHERE p.tenant = $1 AND p.incident = $2)
			AND NOT EXISTS (SELECT 1 FROM {attendance_measure} m WHERE m.tenant = $1 AND m.incident = $2)`, string(tx.Tenant()), string(i.ID))
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// eraseMarks takes a person out of the roll calls, as a pupil and as who marked.
func eraseMarks(ctx context.Context, tx *sqldb.Tx, id ent.ID) (int64, error) {
	calls, err := callsOf(ctx, tx, id, lock(tx))
	if err != nil {
		return 0, err
	}
	var total int64
	for i := range calls {
		c := &calls[i]
		marked := len(c.Entries)
		c.Entries = slices.DeleteFunc(c.Entries, func(e attendance.Entry) bool { return e.Pupil == id })
		total += int64(marked - len(c.Entries))
		for j := range c.Entries {
			if c.Entries[j].By == id {
				c.Entries[j].By = ""
				total++
			}
		}
		if c.By == id {
			c.By = ""
			total++
		}
		if err := putCall(ctx, tx, c.Lesson, c); err != nil {
			return 0, err
		}
	}
	return total, nil
}

// Merge is of [ent.Holder].
func (s *Store) Merge(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO {attendance_merge} (tenant, gone, kept) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, string(tenant), string(gone), string(kept))
		return err
	})
}

// Unmerge is of [ent.Holder].
func (s *Store) Unmerge(ctx context.Context, tenant ent.Tenant, kept, gone ent.ID) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM {attendance_merge} WHERE tenant = $1 AND gone = $2 AND kept = $3`, string(tenant), string(gone), string(kept))
		return err
	})
}
