package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/ical"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// The part taken here: the vendor's own slots (no timetable of Cartable's) become a calendar that a person subscribes to, at a secret
// address of the vendor's own making. Who has the current version is told so before a slot is read.

// agendaZone is that of the schools of this vendor; a product keeps one for each school.
const agendaZone = "Europe/Paris"

// withAgenda adds the feed to the vendor's mux.
func (v *vendor) withAgenda(mux *http.ServeMux) error {
	zone, err := time.LoadLocation(agendaZone)
	if err != nil {
		return err
	}
	mux.Handle("GET /agenda/{token}", &ical.Feed{
		Version: v.agendaVersion, Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Agenda: func(ctx context.Context, secret string) (*ical.Agenda, error) {
			user, err := v.agendaOwner(ctx, secret)
			if err != nil {
				return nil, err
			}
			lessons, err := v.slots(ctx, user)
			return &ical.Agenda{Name: "Emploi du temps", Host: "ent.example.fr", Zone: zone, Stamp: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), Lessons: lessons}, err
		},
	})
	return nil
}

// agendaLink makes a secret address for a user. Only its hash is kept.
func (v *vendor) agendaLink(ctx context.Context, user int64) (string, error) {
	secret := rand.Text() + rand.Text()
	_, err := v.db.ExecContext(ctx, `INSERT INTO agenda_keys (hash, user_id) VALUES (?, ?)`, agendaHash(secret), user)
	return secret, err
}

func agendaHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func (v *vendor) agendaOwner(ctx context.Context, secret string) (int64, error) {
	var user int64
	err := v.db.QueryRowContext(ctx, `SELECT user_id FROM agenda_keys WHERE hash = ? AND NOT revoked`, agendaHash(secret)).Scan(&user)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ical.CodeUnknownFeed
	}
	return user, err
}

// agendaVersion is the last change of a slot of the user's classes.
func (v *vendor) agendaVersion(ctx context.Context, secret string) (string, time.Time, error) {
	user, err := v.agendaOwner(ctx, secret)
	if err != nil {
		return "", time.Time{}, err
	}
	var count, changed int64
	err = v.db.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(MAX(s.changed), 0) FROM slots s JOIN lessons l ON l.id = s.lesson_id
		JOIN memberships m ON m.school_id = l.school_id AND m.class = l.class WHERE m.user_id = ?`, user).Scan(&count, &changed)
	return fmt.Sprint(user, count, changed), time.Unix(changed, 0), err
}

// slots reads the vendor's rows: where a lesson was planned at first, where it is now, and how often it changed.
func (v *vendor) slots(ctx context.Context, user int64) ([]ical.Lesson, error) {
	rows, err := v.db.QueryContext(ctx, `SELECT s.id, l.label, s.room, s.first_day, s.first_start, s.day, s.start, s.minutes, s.cancelled, s.changes, s.changed
		FROM slots s JOIN lessons l ON l.id = s.lesson_id JOIN memberships m ON m.school_id = l.school_id AND m.class = l.class
		WHERE m.user_id = ? ORDER BY s.day, s.start, s.id`, user)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ical.Lesson
	for rows.Next() {
		var l ical.Lesson
		var id, minutes, changed int64
		var firstDay, firstStart, day, start string
		var cancelled bool
		if err := rows.Scan(&id, &l.Summary, &l.Location, &firstDay, &firstStart, &day, &start, &minutes, &cancelled, &l.Revision, &changed); err != nil {
			return nil, err
		}
		l.Series = "slot-" + strconv.FormatInt(id, 10)
		l.Modified = time.Unix(changed, 0)
		var errs [4]error
		l.Original.Date, errs[0] = ent.ParseDate(firstDay)
		l.Original.Start, errs[1] = timetable.ParseClock(firstStart)
		l.Date, errs[2] = ent.ParseDate(day)
		l.Start, errs[3] = timetable.ParseClock(start)
		if err := errors.Join(errs[:]...); err != nil {
			return nil, err
		}
		l.End = l.Start + timetable.Clock(minutes) //nolint:gosec // the vendor's minutes of a day
		switch {
		case cancelled:
			l.State = timetable.StateCancelled
		case l.Date != l.Original.Date || l.Start != l.Original.Start:
			l.State = timetable.StateMoved
		case l.Revision > 0:
			l.State = timetable.StateChanged
		default:
			l.State = timetable.StatePlanned
		}
		out = append(out, l)
	}
	return out, rows.Err()
}
