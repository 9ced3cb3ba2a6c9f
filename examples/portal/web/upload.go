package web

import "net/http"

// uploadMemory is how much of an upload stays in memory; the rest waits in a temporary file, removed with the answer.
const uploadMemory = 1 << 20

// Upload adds what a form with a file is sent to. Like Post it refuses a body that is too long, here than most bytes, and
// what comes from another site. may says, before anything is read, whether the person may send something at all.
func (s *Site) Upload(pattern string, most int64, may func(*http.Request, Account) error, h Handler) {
	s.mux.HandleFunc("POST "+pattern, func(w http.ResponseWriter, r *http.Request) {
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
