package door

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"github.com/opencartable/cartable/ent"
)

// mailbox is where the messages of the portal go: nobody here has an address, so a page shows them.
type mailbox struct {
	mu   sync.Mutex
	list []letter
}

type letter struct {
	To, Subject string
	// Lines are those of the text; Links the pages of the portal that it names.
	Lines []string
	Links []string
}

const maxLetters = 50

// Notify implements ent.Notifier.
func (m *mailbox) Notify(_ context.Context, message ent.Message) error {
	text := message.Letter()
	l := letter{To: message.Address, Subject: text.Subject, Lines: strings.Split(strings.TrimSpace(text.Text), "\n")}
	for _, line := range l.Lines {
		for word := range strings.FieldsSeq(line) {
			if _, path, ok := strings.Cut(word, "/oubli/"); ok {
				l.Links = append(l.Links, "/oubli/"+path)
			}
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = append([]letter{l}, m.list...)
	m.list = m.list[:min(len(m.list), maxLetters)]
	return nil
}

// mailboxPage shows the messages, the newest first.
func (a *Area) mailboxPage(w http.ResponseWriter, r *http.Request) {
	a.accounts.Drain()
	a.mail.mu.Lock()
	list := append([]letter(nil), a.mail.list...)
	a.mail.mu.Unlock()
	a.show(w, r, "mailbox", "Courrier du portail", list)
}
