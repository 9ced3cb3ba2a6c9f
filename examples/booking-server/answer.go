package main

import (
	"encoding/json"
	"errors"
	"log"
	"net/http"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/schoollife/booking"
)

// refusal is a booking that was refused, with the reason in words.
type refusal struct {
	Start   booking.Moment `json:"start"`
	Code    ent.Code       `json:"code"`
	Message string         `json:"message"`
	With    []ent.ID       `json:"with,omitempty"`
}

func refusals(list []booking.Refusal) []refusal {
	out := make([]refusal, 0, len(list))
	for _, r := range list {
		out = append(out, refusal{r.Booking.Start, r.Code, r.Message(ent.FR), r.With})
	}
	return out
}

// fail answers an error: what is refused with its reasons, and nothing of what is not the user's to know.
func fail(w http.ResponseWriter, err error) {
	if refused, ok := errors.AsType[*booking.RefusedError](err); ok {
		answer(w, http.StatusConflict, map[string]any{"refused": refusals(refused.Refusals)})
		return
	}
	for status, codes := range map[int][]ent.Code{
		http.StatusBadRequest:          {ent.CodeDate},
		http.StatusForbidden:           {access.CodeDenied},
		http.StatusNotFound:            {booking.CodeUnknown},
		http.StatusConflict:            {booking.CodeStale, booking.CodePast, booking.CodeStatus},
		http.StatusUnprocessableEntity: {booking.CodeRange, booking.CodeRecurrence, booking.CodeManyOccurrences, booking.CodeNotPeriodic, booking.CodeSize},
	} {
		for _, code := range codes {
			if errors.Is(err, code) {
				answer(w, status, map[string]ent.Code{"error": code})
				return
			}
		}
	}
	log.Print(err) // which names nobody
	answer(w, http.StatusInternalServerError, map[string]string{"error": "try again later"})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		log.Print(err)
	}
}
