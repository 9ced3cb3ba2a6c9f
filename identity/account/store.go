package account

import (
	"context"
	"log/slog"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Store keeps accounts and the secrets of one use. accounttest.RunStore proves one.
type Store interface {
	// View runs fn on accounts as they are at one instant. fn writes nothing.
	View(ctx context.Context, tenant ent.Tenant, fn func(Tx) error) error
	// Update runs fn in a transaction, and keeps what it wrote when it returns nil. fn may run again: it does nothing that
	// cannot be done twice. What fn read does not change before its end, by whoever else.
	Update(ctx context.Context, tenant ent.Tenant, fn func(Tx) error) error
}

// Tx is a transaction of one tenant.
type Tx interface {
	// Account returns an account, ByLogin the one of a login or alias as [LoginKey] writes it. They return CodeUnknown.
	Account(ctx context.Context, id ent.ID) (Account, error)
	ByLogin(ctx context.Context, key string) (Account, error)
	// ByMail returns the accounts of an address as [MailKey] writes it, MergedInto those that were merged into an account,
	// by identifier.
	ByMail(ctx context.Context, key string) ([]Account, error)
	MergedInto(ctx context.Context, id ent.ID) ([]Account, error)
	// Put keeps an account, new or in the place of the one of its identifier. It returns CodeLogin when another account has
	// one of its logins.
	Put(ctx context.Context, a Account) error
	// Remove forgets an account and its tokens. It returns false when there was none.
	Remove(ctx context.Context, id ent.ID) (bool, error)
	// PutToken keeps a token, Token returns one, TakeToken returns it and removes it: of any number of callers, one gets it.
	// They return CodeLink for one that is not there. They do not look at its time.
	PutToken(ctx context.Context, t Token) error
	Token(ctx context.Context, kind TokenKind, hash string) (Token, error)
	TakeToken(ctx context.Context, kind TokenKind, hash string) (Token, error)
	// DropTokens forgets the tokens of an account of one kind, of every kind for "".
	DropTokens(ctx context.Context, account ent.ID, kind TokenKind) error
	// Sweep forgets the tokens past their time, and returns how many.
	Sweep(ctx context.Context, before time.Time) (int64, error)
	// Emit says what happened, for the audit log. It is called last.
	Emit(ctx context.Context, e ent.Event) error
}

// TokenKind says what a token opens.
type TokenKind string

// The kinds.
const (
	TokenActivation TokenKind = "activation"
	TokenReset      TokenKind = "reset"
	TokenMail       TokenKind = "mail"
	TokenMerge      TokenKind = "merge"
	TokenSecond     TokenKind = "second"
)

// Token is a secret of one use, by its hash: who reads the store cannot use it.
type Token struct {
	Kind    TokenKind `json:"kind"`
	Hash    string    `json:"hash"`
	Account ent.ID    `json:"account"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
	// Payload is what it stands for beside the account.
	Payload string `json:"payload,omitempty"`
}

// LogValue shows the kind and the account.
func (t Token) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", string(t.Kind)), slog.String("account", string(t.Account)))
}

// String hides the token.
func (t Token) String() string { return hidden }

// GoString hides the token.
func (t Token) GoString() string { return hidden }
