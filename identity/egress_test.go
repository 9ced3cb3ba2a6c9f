package identity_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity"
)

// No address leads into a private network, not even one of IPv6 that stands for one of IPv4, nor one that no public server has.
func TestEgressAddresses(t *testing.T) {
	t.Parallel()
	client := identity.Egress(false)
	client.Timeout = 300 * time.Millisecond
	for _, host := range []string{
		"127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255",
		"198.18.0.1", "192.0.0.8", "240.0.0.1", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[ff02::1]", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]",
		"[64:ff9b:1::a00:1]", "[2002:a00:1::]", "[::a00:1]", "[2001::1]",
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+":9/", nil)
		require.NoError(t, err)
		res, err := client.Do(req)
		if err == nil {
			_ = res.Body.Close()
		}
		if strings.HasPrefix(host, "[") && err != nil && strings.Contains(err.Error(), "address family not supported") {
			continue // a machine without IPv6
		}
		require.ErrorContains(t, err, "the address is private", host)
	}
}
