//go:build unix

package peers

import (
	"encoding/xml"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	apache        = "/usr/sbin/apache2"
	apacheModules = "/usr/lib/apache2/modules/"
)

// apacheHead is what every server has. The script prints its environment, with a zero byte after each variable.
const apacheHead = `ServerName http://127.0.0.1:PORT
ServerRoot DIR
DefaultRuntimeDir DIR
PidFile DIR/pid
ErrorLog DIR/error.log
Mutex file:DIR
DocumentRoot DIR/htdocs
StartServers 1
ServerLimit 2
MaxRequestWorkers 50
Listen 127.0.0.1:PORT
LoadModule mpm_event_module MODULES/mod_mpm_event.so
LoadModule authn_core_module MODULES/mod_authn_core.so
LoadModule authz_core_module MODULES/mod_authz_core.so
LoadModule authz_user_module MODULES/mod_authz_user.so
LoadModule alias_module MODULES/mod_alias.so
LoadModule headers_module MODULES/mod_headers.so
LoadModule proxy_module MODULES/mod_proxy.so
LoadModule proxy_http_module MODULES/mod_proxy_http.so
LoadModule cgid_module MODULES/mod_cgid.so
ScriptSock DIR/cgid
ScriptAlias /cours DIR/htdocs/env.sh
`

const apacheScript = `#!/bin/sh
printf 'Content-Type: application/octet-stream\n\n'
exec env -0
`

// startApache serves a configuration at a port, in a folder.
func startApache(t testing.TB, dir, port, configuration string) *program {
	t.Helper()
	Need(t, apache)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "htdocs"), 0o755)) //nolint:gosec // served
	require.NoError(t, os.Chmod(write(t, filepath.Join(dir, "htdocs"), "env.sh", []byte(apacheScript)), 0o755))
	conf := strings.NewReplacer("DIR", dir, "PORT", port, "MODULES/", apacheModules).Replace(apacheHead + configuration)
	file := write(t, dir, "apache.conf", []byte(conf))
	cmd := asApache(t, exec.Command(apache, "-f", file, "-DFOREGROUND"), dir)
	return run(t, "127.0.0.1:"+port, cmd, filepath.Join(dir, "error.log"))
}

// environment reads what the script printed; ok is false for another page.
func environment(p *Page) (out map[string]string, ok bool) {
	if p.Status != http.StatusOK || !strings.HasPrefix(p.Header.Get("Content-Type"), "application/octet-stream") {
		return nil, false
	}
	out = map[string]string{}
	for v := range strings.SplitSeq(strings.TrimSuffix(p.Body, "\x00"), "\x00") {
		name, value, _ := strings.Cut(v, "=")
		out[name] = value
	}
	return out, true
}

// entityID reads who a document of metadata describes.
func entityID(t testing.TB, metadata []byte) string {
	t.Helper()
	var e struct {
		ID string `xml:"entityID,attr"`
	}
	require.NoError(t, xml.Unmarshal(metadata, &e), "%s", metadata)
	require.NotEmpty(t, e.ID)
	return e.ID
}
