package saml_test

import (
	"context"
	"testing"
	"time"

	"github.com/opencartable/cartable/identity/saml"
)

// forgetful lets every assertion pass again.
type forgetful struct{}

func (forgetful) SetIfAbsent(context.Context, string, time.Time) (bool, error) { return true, nil }

// BenchmarkVerify verifies a response with all its checks. The target is under 0.7 ms and 300 KB with one signature.
func BenchmarkVerify(b *testing.B) {
	for _, c := range []struct{ name, file, request string }{
		{"one signature", eleve, eleveRequest},
		{"two signatures", parent, parentRequest},
		{"encrypted, one signature", "valid/xmlsec-encrypted-aes256gcm-oaep-inherited-ns-eleve.xml", eleveRequest},
	} {
		b.Run(c.name, func(b *testing.B) {
			conf := config(b)
			conf.Replay = forgetful{}
			r := receiver(b, conf)
			message, pending := encode(sample(b, c.file)), saml.PendingIDs(c.request)
			b.ReportAllocs()
			b.SetBytes(int64(len(message)))
			for b.Loop() {
				if _, err := r.Response(b.Context(), message, pending); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
