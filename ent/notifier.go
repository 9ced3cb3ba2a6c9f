package ent

import (
	"context"
	"log/slog"
)

// Notifier takes a message to a person. The parts write messages; how they leave, by which provider and in which order, is
// the caller's. An error says that the message was not taken: a queue that keeps it and tries again later returns nil.
//
// Notify should only put the message in a queue: some callers must take as long for a person who is known as for one who
// is not.
type Notifier interface {
	Notify(ctx context.Context, m Message) error
}

// Channel is how a message reaches a person.
type Channel string

// The channels. Others are the caller's.
const (
	ChannelMail Channel = "mail"
	ChannelSMS  Channel = "sms"
)

// Message is one message to one person. It is personal data, and may hold a secret.
type Message struct {
	Tenant Tenant
	// Kind names what is said, for a caller with templates of its own: "account.reset".
	Kind string
	// Person is whom it is for. Address is where it goes on the channel: when it is "", the caller looks it up.
	Person  ID
	Channel Channel
	Address string
	// Lang is the language of the person when it is known.
	Lang Lang
	// FR and EN are the message, rendered; Params what it was made of, by name.
	FR, EN Letter
	Params map[string]string
	// Secret says that whoever reads the message can enter an account for a time: it is sent and not kept.
	Secret bool
}

// Letter is a message in one language.
type Letter struct {
	// Subject is for mail.
	Subject string
	Text    string
}

// Letter returns the message in the language of the person, in French when it is not known.
func (m Message) Letter() Letter {
	if m.Lang == EN {
		return m.EN
	}
	return m.FR
}

// LogValue shows the kind, the channel and the identifier of the person.
func (m Message) LogValue() slog.Value {
	return slog.GroupValue(slog.String("tenant", string(m.Tenant)), slog.String("kind", m.Kind),
		slog.String("channel", string(m.Channel)), slog.String("person", string(m.Person)))
}

// String hides the message.
func (m Message) String() string { return "[redacted]" }

// GoString hides the message.
func (m Message) GoString() string { return "[redacted]" }

// LogValue hides the letter.
func (l Letter) LogValue() slog.Value { return redacted() }

// String hides the letter.
func (l Letter) String() string { return "[redacted]" }

// GoString hides the letter.
func (l Letter) GoString() string { return "[redacted]" }
