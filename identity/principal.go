package identity

import (
	"log/slog"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Principal is somebody who has signed in.
type Principal struct {
	// Account is the caller's identifier of the account.
	Account ent.ID
	// Session is the caller's name of the session: what is done for it ends with it. It is a secret.
	Session string
	// Provider is the identity provider that vouched for the person; "" for a password of the caller's own.
	Provider string
	// At is when credentials were given, Remembered that they were not given in this session but remembered from one before.
	At         time.Time
	Remembered bool
}

// LogValue shows the account and the provider.
func (p Principal) LogValue() slog.Value {
	return slog.GroupValue(slog.String("account", string(p.Account)), slog.String("provider", p.Provider))
}
