package saml_test

import (
	"testing"
	"time"

	"github.com/opencartable/cartable/identity/saml"
	"github.com/opencartable/cartable/identity/saml/samltest"
)

func TestMemoryStore(t *testing.T) {
	t.Parallel()
	samltest.RunStore(t, func(now func() time.Time) saml.Store { return saml.NewMemoryStore(now) })
}
