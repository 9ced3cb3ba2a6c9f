package guichet_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest/holdertest"
	"github.com/opencartable/cartable/identity/guichet"
)

// Links are told, erased, moved by a merge and given back when it is undone.
func TestLinksAreHeld(t *testing.T) {
	t.Parallel()
	links := guichet.NewMemoryLinks()
	var ids []ent.ID
	holdertest.Run(t, holdertest.Part{
		Holder: (&guichet.LinkBook{Links: links}).Holder(), Tenant: "t",
		Put: func(t *testing.T, mark string) ent.ID {
			id := ent.ID(fmt.Sprint("person-", len(ids)))
			ids = append(ids, id)
			for _, provider := range []string{"educonnect", "agents"} {
				require.NoError(t, links.Put(t.Context(), guichet.Link{
					Tenant: "t", Provider: provider, Subject: mark, Account: id, Profile: ent.ProfileRelative, Created: time.Unix(0, 0), Used: time.Unix(0, 0),
				}))
			}
			return id
		},
		Dump: func(t *testing.T) string {
			var b strings.Builder
			for _, id := range ids {
				list, err := links.List(t.Context(), "t", id)
				require.NoError(t, err)
				text, err := json.Marshal(list)
				require.NoError(t, err)
				b.Write(text)
			}
			return b.String()
		},
	})
}
