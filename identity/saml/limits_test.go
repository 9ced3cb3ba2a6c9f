package saml_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/saml"
)

// Messages made to be slow, as long as a message may be, which cost a fraction of a second each. Anybody can send them.
func TestSlowMessages(t *testing.T) {
	t.Parallel()
	attributes, namespaces := "", ""
	for i := range 60 {
		attributes += fmt.Sprintf(` a%d=""`, i)
		namespaces += fmt.Sprintf(` xmlns:n%d="u"`, i)
	}
	// A body of one thing again and again, as long as it may be.
	fill := func(before, again, after string) string {
		room := saml.MaxMessage*3/4 - len(message) - len(before) - len(after) - 3000
		return before + strings.Repeat(again, room/len(again)) + after
	}
	deep := strings.Repeat("<d"+attributes+">", 55)
	for name, body := range map[string]string{
		"many names below many attributes": fill(deep, "<x:Response/>", strings.Repeat("</d>", 55)),
		"many elements":                    fill("", "<a/>", ""),
		"many prefixes":                    fill("<d"+namespaces+">", "<x:a/>", "</d>"),
		"many declarations":                fill("", "<x:a"+namespaces+"/>", ""),
		"many attributes":                  fill("", "<x:a"+attributes+"/>", ""),
		"many comments":                    fill("", "<!---->a", ""),
		"many identifiers":                 fill("", `<a ID="1"/>`, ""),
	} {
		t.Run(name, func(t *testing.T) {
			document := change(t, message, "<samlp:Status>", `<samlp:Extensions xmlns:x="urn:x">`+body+"</samlp:Extensions><samlp:Status>")
			// The signature is nobody's: it is computed all the same before that is known.
			if strings.Count(body, "<") < 3000 {
				document = sign(t, document, "_r", recipe{key: key(t, "attacker")})
			}
			require.Less(t, len(encode(document)), saml.MaxMessage)
			r := receiver(t, config(t, everything()...))
			encoded := encode(document)
			started := time.Now()
			_, err := r.Response(background(), encoded, saml.PendingIDs("_q"))
			require.Error(t, err)
			require.NotErrorIs(t, err, saml.CodeTooLarge)
			took := time.Since(started)
			assert.Less(t, took, 3*time.Second)
			t.Log(took)
		})
	}
}
