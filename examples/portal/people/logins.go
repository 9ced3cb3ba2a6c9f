package people

import (
	"context"
	"fmt"

	"github.com/opencartable/cartable/ent/directory"
)

// Logins returns the login that the directory gave to each person, by category and key in the deliveries.
func (a *Area) Logins(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	for x, err := range a.store.Accounts(ctx, directory.Query{All: true}) {
		if err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
		for _, k := range x.Keys {
			if x.Login != "" {
				out[LoginKey(k.Category, k.ID)] = x.Login
			}
		}
	}
	return out, nil
}

// LoginKey is the key of a person in Logins.
func LoginKey(c directory.Category, key string) string { return fmt.Sprint(c) + "/" + key }
