package saml_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/saml"
)

func Example() {
	metadata, _ := os.ReadFile("testdata/idp.xml")
	entities, err := saml.ReadMetadata(metadata)
	if err != nil {
		fmt.Println(err)
		return
	}
	peer, _ := entities[0].Peer(saml.RoleIDP)
	peer.Contexts = []string{"urn:oasis:names:tc:SAML:2.0:ac:classes:Password"}
	// The message of this example is from that day; leave the clocks out.
	clock := func() time.Time { return time.Date(2026, 11, 22, 7, 59, 0, 0, time.UTC) }
	receiver, err := saml.New(saml.Config{
		EntityID: "http://localhost:9085/sp",
		ACS:      "http://localhost:9085/mellon/postResponse",
		Peers:    []saml.Peer{peer},
		Replay:   &saml.MemoryReplay{Clock: clock},
		Clock:    clock,
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	message, _ := os.ReadFile("testdata/response.xml")
	posted := base64.StdEncoding.EncodeToString(message) // the field SAMLResponse of the form
	pending := saml.PendingIDs("_BA803CAD30AF6ADF070B61F467E9705C")
	assertion, err := receiver.Response(context.Background(), posted, pending)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(assertion.Values("uid"), assertion.Values("urn:oid:1.3.6.1.4.1.20326.10.999.1.4", "FrEduVecteur"))
	fmt.Println("our session ends before", assertion.SessionNotOnOrAfter)
	fmt.Println(assertion) // logs show nothing personal

	_, err = receiver.Response(context.Background(), posted, pending)
	if refused, ok := errors.AsType[*saml.RefusedError](err); ok && errors.Is(err, saml.CodeReplay) {
		fmt.Println(refused.Message(ent.EN))
	}
	// Output:
	// [F1abc] [4|||701294|0790031E]
	// our session ends before 2026-11-22 15:58:18 +0000 UTC
	// [redacted]
	// The assertion was already used: log in again.
}
