package saml_test

import (
	"encoding/xml"
	"net/url"
	"strings"
	"testing"
	"time"

	crewjam "github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/saml"
)

// alone is the service of the samples as crewjam/saml alone would serve it. Its clock stands in variables of its package: what
// uses it does not run in parallel.
func alone(t testing.TB, at time.Time, metadata string) *crewjam.ServiceProvider {
	t.Helper()
	before, clock := crewjam.TimeNow, crewjam.Clock
	t.Cleanup(func() { crewjam.TimeNow, crewjam.Clock = before, clock })
	crewjam.TimeNow = func() time.Time { return at }
	crewjam.Clock = dsig.NewFakeClockAt(at)
	var idp crewjam.EntityDescriptor
	require.NoError(t, xml.Unmarshal(sample(t, metadata), &idp))
	u, err := url.Parse(acs)
	require.NoError(t, err)
	return &crewjam.ServiceProvider{EntityID: spID, AcsURL: *u, IDPMetadata: &idp, Key: key(t, "sp")}
}

// The difference between our verdict and that of crewjam/saml alone on each file. It is the reason why what we receive is verified
// here: of the 24 attacks it accepts those that carry a second root, a repeated identifier, another assertion or a comment in a
// digest, and we accept none. When a version of it becomes stricter this test fails, and the table is to be mended.
//
//nolint:paralleltest // see alone
func TestAttacksWithCrewjamAlone(t *testing.T) {
	differs := 0
	for _, r := range expected(t) {
		if r.crewjam == "not run" {
			continue
		}
		t.Run(r.file, func(t *testing.T) {
			sp := alone(t, at(r.at), "metadata/idp-simplesamlphp.xml")
			a, err := sp.ParseXMLResponse(sample(t, r.path()), []string{r.request}, sp.AcsURL)
			assert.Equal(t, strings.HasPrefix(r.crewjam, "accept"), err == nil, "%s: %v", r.crewjam, err)
			if err == nil {
				require.NotNil(t, a)
			}
			if r.group != "attack" {
				return
			}
			c := config(t, everything()...)
			c.Clock = clock(at(r.at))
			_, ours := receiver(t, c).Response(t.Context(), encode(sample(t, r.path())), saml.PendingIDs(r.request))
			if err == nil && ours != nil {
				differs++
			}
			if err != nil {
				require.Error(t, ours, "no attack passes here that does not pass there")
			}
		})
	}
	assert.Equal(t, 7, differs, "attacks that crewjam/saml accepts and that are refused here")
}
