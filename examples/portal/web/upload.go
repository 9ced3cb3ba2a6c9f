package web

import (
	"net/http"
	"time"
)

// uploadMemory is how much of an upload stays in memory; the rest waits in a temporary file, removed with the answer.
const uploadMemory = 1 << 20

// patience is how long a form may take to be received and done: a whole delivery is compared and applied.
const patience = 15 * time.Minute

// patient gives a form its time. What cannot wait longer than the server's own limits keeps those.
func patient(w http.ResponseWriter) {
	c := http.NewResponseController(w)
	until := time.Now().Add(patience)
	_ = c.SetReadDeadline(until)
	_ = c.SetWriteDeadline(until)
}

// Upload adds what a form with a file is sent to. Like Post it refuses a body that is too long, here than most bytes, and
// what comes from another site. may says, before anything is read, whether the person may send something at all.
func (s *Site) Upload(pattern string, most int64, may func(*http.Request, Account) error, h Handler) {
	s.mux.HandleFunc("POST "+pattern, func(w http.ResponseWriter, r *http.Request) {
		patient(w)
		r.Body = http.MaxBytesReader(w, r.Body, most)
		s.answer(w, r, func(r *http.Request, who Account) (Page, error) {
			if err := may(r, who); err != nil {
				return Page{}, err
			}
			if err := r.ParseMultipartForm(uploadMemory); err != nil {
				return Page{}, unread(err)
			}
			defer func() { _ = r.MultipartForm.RemoveAll() }()
			return h(r, who)
		})
	})
}
