//go:build unix

package peers

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Need skips a test without the programs and files that it names; in CI the test fails without them.
func Need(t testing.TB, files ...string) {
	t.Helper()
	for _, f := range files {
		_, err := os.Stat(f)
		if _, look := exec.LookPath(f); err != nil && look != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is missing", f)
			}
			t.Skipf("%s is missing", f)
		}
	}
}

// slow skips a test in a short run.
func slow(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("a program of others that is slow to start, in a short run")
	}
}

// Dir returns a new folder of the test that every account reads.
func Dir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for d := dir; len(d) > len(os.TempDir()); d = filepath.Dir(d) {
		require.NoError(t, os.Chmod(d, 0o755)) //nolint:gosec // servers run as somebody else
	}
	return dir
}

// write puts a file into a folder, where every account reads it, and returns its path.
func write(t testing.TB, dir, name string, content []byte) string {
	t.Helper()
	file := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(file, content, 0o644)) //nolint:gosec // as above; made up
	return file
}

// taken are the ports that this process has given out.
var taken sync.Map

// FreePort returns a port of the loopback interface that nobody listens on. It lies below those that the system gives out by
// itself, so that no connection takes it before the program that it is for.
func FreePort(t testing.TB) string {
	t.Helper()
	for range 200 {
		port := strconv.Itoa(20000 + mathrand.IntN(12000))
		if _, there := taken.LoadOrStore(port, true); there {
			continue
		}
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			l.Close()
			return port
		}
	}
	require.Fail(t, "no free port")
	return ""
}

// program is one that runs until the end of the test.
type program struct {
	cmd  *exec.Cmd
	done chan struct{}
	mu   sync.Mutex
	out  bytes.Buffer
}

// Write keeps what the program says.
func (p *program) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

func (p *program) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// stop ends the program and its children.
func (p *program) stop() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
}

const (
	startTimeout = 30 * time.Second
	logTail      = 20_000
)

// Run starts a program until the end of the test, and waits until it answers at an address of TCP, or until there is a
// socket, whose path begins with a slash. When the test fails it shows what the program said, and the end of its logs; said returns
// what it has said so far.
func Run(t testing.TB, address string, cmd *exec.Cmd, logs ...string) (said func() string) {
	t.Helper()
	return run(t, address, cmd, logs...).said
}

func run(t testing.TB, address string, cmd *exec.Cmd, logs ...string) *program {
	t.Helper()
	p := &program{cmd: cmd, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p, p
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid, cmd.WaitDelay = true, time.Second // it has children
	require.NoError(t, cmd.Start())
	go func() {
		_ = cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			t.Logf("%s said:\n%s", cmd.Path, p.said())
			for _, l := range logs {
				b, _ := os.ReadFile(l)
				t.Logf("%s:\n%s", filepath.Base(l), b[max(0, len(b)-logTail):])
			}
		}
	})
	for limit := time.Now().Add(startTimeout); time.Now().Before(limit); time.Sleep(20 * time.Millisecond) {
		select {
		case <-p.done:
			require.Fail(t, "it ended at once")
		default:
		}
		if strings.HasPrefix(address, "/") {
			// Not tried: a connection that says nothing breaks shibd now and then.
			if _, err := os.Stat(address); err == nil {
				return p
			}
			continue
		}
		if c, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			c.Close()
			return p
		}
	}
	require.Fail(t, "it does not answer")
	return nil
}

// command runs a program to its end.
func command(t testing.TB, dir, name string, args ...string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

// asApache makes a command run as Apache's account, which owns the folder from then on, when the test is root's: Apache
// refuses to serve as root.
func asApache(t testing.TB, cmd *exec.Cmd, dir string) *exec.Cmd {
	t.Helper()
	if os.Getuid() != 0 {
		return cmd
	}
	u, err := user.Lookup("www-data")
	require.NoError(t, err)
	uid, err := strconv.Atoi(u.Uid)
	require.NoError(t, err)
	gid, err := strconv.Atoi(u.Gid)
	require.NoError(t, err)
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, uid, gid)
	}))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}} //nolint:gosec // small numbers
	return cmd
}

// Key is a key pair with a certificate that it signed itself.
type Key struct {
	Private     *rsa.PrivateKey
	Certificate *x509.Certificate
	// KeyFile and CertFile hold both in PEM, KeyPEM and CertPEM the same.
	KeyFile, CertFile string
	KeyPEM, CertPEM   []byte
}

// NewKey makes one.
func NewKey(t testing.TB, name string) *Key {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	of := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, &private.PublicKey, private)
	require.NoError(t, err)
	k := &Key{Private: private}
	k.Certificate, err = x509.ParseCertificate(der)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	k.KeyPEM = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	k.CertPEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	dir := Dir(t)
	k.KeyFile, k.CertFile = write(t, dir, "key.pem", k.KeyPEM), write(t, dir, "cert.pem", k.CertPEM)
	return k
}

// Front is a TLS server in front of a plain one.
type Front struct {
	// URL is where it is reached, without a final slash.
	URL string
	// Server is the server in front; its Client trusts the TLS servers of the test.
	Server *httptest.Server
	// CAFile is its authority in PEM, which is that of every TLS server of package httptest.
	CAFile string
}

// NewFront starts one that passes every request on, with its host, and says by X-Forwarded-Proto that it came by TLS.
func NewFront(t testing.TB, target string) *Front {
	t.Helper()
	to, err := url.Parse(target)
	require.NoError(t, err)
	f := &Front{Server: httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
		r.SetXForwarded()
	}})}
	t.Cleanup(f.Server.Close)
	f.URL, f.CAFile = f.Server.URL, CAFile(t, f.Server)
	return f
}

// CAFile writes the authority of a TLS server of package httptest, in PEM.
func CAFile(t testing.TB, s *httptest.Server) string {
	t.Helper()
	return write(t, Dir(t), "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
}

// fetch reads a page of a peer that has just started.
func fetch(t testing.TB, address string) []byte {
	t.Helper()
	p := (&Browser{t: t, HTTP: &http.Client{Timeout: startTimeout}}).Get(address)
	require.Equal(t, http.StatusOK, p.Status, p.Body)
	return []byte(p.Body)
}
