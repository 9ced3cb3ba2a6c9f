package booking

import (
	"context"
	"errors"
	"strconv"

	"github.com/opencartable/cartable/ent"
)

// NoticeValidated and the others name the messages of this package for a Notifier with templates of its own.
const (
	NoticeValidated = "booking.validated"
	NoticeRefused   = "booking.refused"
	NoticeCancelled = "booking.cancelled"
	NoticeSuspended = "booking.suspended"
	NoticeRestored  = "booking.restored"
	NoticeDeleted   = "booking.resource-deleted"
)

// maxListed is how many bookings a message lists.
const maxListed = 20

// tell tells the owners of some bookings what became of them: one message to each, none to who did it. The errors come together.
func (s *Service) tell(ctx context.Context, tenant ent.Tenant, kind string, list []Booking, by ent.ID) error {
	if s.Notifier == nil {
		return nil
	}
	var owners []ent.ID
	of := map[ent.ID][]Booking{}
	for _, b := range list {
		if b.Owner == "" || b.Owner == by {
			continue
		}
		if of[b.Owner] == nil {
			owners = append(owners, b.Owner)
		}
		of[b.Owner] = append(of[b.Owner], b)
	}
	var errs []error
	for _, owner := range owners {
		m := message(kind, of[owner])
		m.Tenant, m.Person, m.Channel = tenant, owner, s.Channel
		if m.Channel == "" {
			m.Channel = ent.ChannelMail
		}
		errs = append(errs, s.Notifier.Notify(ctx, m))
	}
	return errors.Join(errs...)
}

// message says what became of the bookings of one owner: when they are, not what for nor who decided. The params hold identifiers.
func message(kind string, list []Booking) ent.Message {
	fr := map[string]string{
		NoticeValidated: "Votre réservation est validée", NoticeRefused: "Votre réservation est refusée", NoticeCancelled: "Votre réservation est annulée",
		NoticeSuspended: "La ressource n'est plus disponible : votre réservation est suspendue",
		NoticeRestored:  "La ressource est à nouveau disponible : votre réservation est rétablie",
		NoticeDeleted:   "La ressource est supprimée : votre réservation est annulée",
	}[kind]
	en := map[string]string{
		NoticeValidated: "Your booking is validated", NoticeRefused: "Your booking is refused", NoticeCancelled: "Your booking is cancelled",
		NoticeSuspended: "The resource is no longer available: your booking is suspended",
		NoticeRestored:  "The resource is available again: your booking is restored",
		NoticeDeleted:   "The resource is deleted: your booking is cancelled",
	}[kind]
	m := ent.Message{
		Kind: kind, FR: ent.Letter{Subject: "Réservation", Text: fr + " :"}, EN: ent.Letter{Subject: "Booking", Text: en + ":"},
		Params: map[string]string{"bookings": strconv.Itoa(len(list)), "resource": string(list[0].Resource), "first": string(list[0].ID)},
	}
	for i := range list {
		if i == maxListed {
			m.FR.Text, m.EN.Text = m.FR.Text+"\n…", m.EN.Text+"\n…"
			break
		}
		s := list[i].Span
		m.FR.Text += "\n- du " + s.Start.Date.French() + " " + s.Start.At.French() + " au " + s.End.Date.French() + " " + s.End.At.French()
		m.EN.Text += "\n- from " + s.Start.Date.String() + " " + s.Start.At.String() + " to " + s.End.Date.String() + " " + s.End.At.String()
	}
	return m
}
