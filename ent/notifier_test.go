package ent_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/opencartable/cartable/ent"
)

func TestAMessageIsNotPrinted(t *testing.T) {
	t.Parallel()
	m := ent.Message{
		Tenant: "t", Kind: "account.reset", Person: "us-42", Channel: ent.ChannelMail, Address: mark + "@exemple.test",
		FR: ent.Letter{Subject: mark, Text: mark}, EN: ent.Letter{Subject: mark + "EN", Text: mark}, Params: map[string]string{"link": mark},
	}
	for _, v := range []any{m, m.FR} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			assert.NotContains(t, fmt.Sprintf(verb, v), mark)
		}
		for _, h := range handlers() {
			assert.NotContains(t, logged(h, v), mark)
		}
	}
	for _, h := range handlers() {
		assert.Contains(t, logged(h, m), "us-42")
	}
	assert.Equal(t, mark, m.Letter().Subject, "French when the language is not known")
	m.Lang = ent.EN
	assert.Equal(t, mark+"EN", m.Letter().Subject)
}
