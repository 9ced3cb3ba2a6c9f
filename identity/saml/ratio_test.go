//go:build unix

package saml_test

import (
	"net/http"
	"net/url"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/saml"
	"github.com/opencartable/cartable/internal/ratio"
)

// BenchmarkRatioVerify verifies the same response with each side, turn about: the best of five by user CPU time, collector
// included. The floor is 0.6 of what crewjam/saml takes.
func BenchmarkRatioVerify(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	conf := config(b)
	conf.Replay = forgetful{}
	r := receiver(b, conf)
	encoded, waits := encode(sample(b, eleve)), saml.PendingIDs(eleveRequest)
	sp := alone(b, instant(), "metadata/idp-simplesamlphp.xml")
	form := url.Values{"SAMLResponse": {encoded}}
	const rounds = 400
	for range b.N {
		theirs, ours, err := ratio.Best(
			ratio.CPU(func() {
				for range rounds {
					req := &http.Request{Method: http.MethodPost, URL: &sp.AcsURL, PostForm: form, Form: form}
					if _, err := sp.ParseResponse(req, []string{eleveRequest}); err != nil {
						b.Fatal(err)
					}
				}
			}),
			ratio.CPU(func() {
				for range rounds {
					if _, err := r.Response(b.Context(), encoded, waits); err != nil {
						b.Fatal(err)
					}
				}
			}))
		require.NoError(b, err)
		b.ReportMetric(ours.Seconds()/theirs.Seconds(), "of-crewjam")
		b.ReportMetric(1e6*ours.Seconds()/rounds, "ours-us")
		b.ReportMetric(1e6*theirs.Seconds()/rounds, "crewjam-us")
	}
}
