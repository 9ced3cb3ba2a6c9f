package attendancesql

import (
	"cmp"
	"context"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/attendance"
)

const declarationColumns = `id, pupil, starts, ends, reason, words, writer, written, treated, treated_by, accepted`

func readDeclaration(row sqldb.Scanner) (attendance.Declaration, error) {
	var d attendance.Declaration
	var accepted int64
	err := row.Scan(&d.ID, &d.Pupil, sqldb.Text(&d.From, parseMoment), sqldb.Text(&d.To, parseMoment), &d.Reason, &d.Text, &d.By, sqldb.Instant(&d.At),
		sqldb.Instant(&d.Treated), &d.TreatedBy, &accepted)
	d.Accepted = accepted != 0
	return d, err
}

// Declarations is of [attendance.Store].
func (s *Store) Declarations(ctx context.Context, tenant ent.Tenant, q attendance.Query) ([]attendance.Declaration, error) {
	var out []attendance.Declaration
	err := s.view(ctx, tenant, func(tx *sqldb.Tx, alias aliases) error {
		condition, args, err := query(tx, alias, q, "first_day", "last_day")
		if err != nil {
			return err
		}
		out, err = sqldb.All(ctx, tx, `SELECT `+declarationColumns+` FROM {attendance_declaration} WHERE tenant = $1`+condition, args, readDeclaration)
		for i := range out {
			d := &out[i]
			d.Pupil, d.By, d.TreatedBy = alias.now(d.Pupil), alias.now(d.By), alias.now(d.TreatedBy)
		}
		slices.SortFunc(out, func(a, b attendance.Declaration) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID)) })
		return err
	})
	return out, err
}

// PutDeclaration is of [attendance.Store]. What was declared stays as it is when it is treated.
func (s *Store) PutDeclaration(ctx context.Context, tenant ent.Tenant, d attendance.Declaration) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		n := int64(0)
		var err error
		if !d.Treated.IsZero() {
			n, err = tx.Exec(ctx, `UPDATE {attendance_declaration} SET treated = $1, treated_by = $2, accepted = $3 WHERE tenant = $4 AND id = $5 AND treated IS NULL`,
				sqldb.Micros(d.Treated), string(d.TreatedBy), bit(d.Accepted), string(tenant), string(d.ID))
		}
		if err != nil || n > 0 {
			return err
		}
		first, last := d.Days()
		n, err = tx.Exec(ctx, `INSERT INTO {attendance_declaration} (tenant, id, pupil, starts, ends, first_day, last_day, reason, words, writer, written,
			treated, treated_by, accepted) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`,
			string(tenant), string(d.ID), string(d.Pupil), d.From.String(), d.To.String(), first.String(), last.String(), string(d.Reason), d.Text,
			string(d.By), sqldb.InstantArg(d.At), sqldb.InstantArg(d.Treated), string(d.TreatedBy), bit(d.Accepted))
		if err == nil && n == 0 {
			err = conflict()
		}
		return err
	})
}

const proofColumns = `day, pupil, person, sent, events`

func readProof(row sqldb.Scanner) (attendance.Proof, error) {
	var p attendance.Proof
	var events string
	if err := row.Scan(sqldb.Text(&p.Date, ent.ParseDate), &p.Pupil, &p.Person, sqldb.Instant(&p.At), &events); err != nil {
		return p, err
	}
	return p, read(events, &p.Events)
}

// Proofs is of [attendance.Store].
func (s *Store) Proofs(ctx context.Context, tenant ent.Tenant, q attendance.Query) ([]attendance.Proof, error) {
	var out []attendance.Proof
	err := s.view(ctx, tenant, func(tx *sqldb.Tx, alias aliases) error {
		condition, args, err := query(tx, alias, q, "day", "day")
		if err != nil {
			return err
		}
		out, err = sqldb.All(ctx, tx, `SELECT `+proofColumns+` FROM {attendance_proof} WHERE tenant = $1`+condition, args, readProof)
		for i := range out {
			out[i].Pupil, out[i].Person = alias.now(out[i].Pupil), alias.now(out[i].Person)
		}
		attendance.SortProofs(out)
		return err
	})
	return out, err
}

// AddProofs is of [attendance.Store].
func (s *Store) AddProofs(ctx context.Context, tenant ent.Tenant, proofs []attendance.Proof) error {
	if len(proofs) == 0 {
		return nil
	}
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		for _, p := range proofs {
			events, err := write(p.Events)
			if err != nil {
				return err
			}
			if err := tx.Send(ctx, `INSERT INTO {attendance_proof} (tenant, `+proofColumns+`) VALUES ($1, $2, $3, $4, $5, $6)`,
				string(tenant), p.Date.String(), string(p.Pupil), string(p.Person), sqldb.InstantArg(p.At), events); err != nil {
				return err
			}
		}
		return nil
	})
}
