//go:build unix

// Package casbench measures our CAS server beside LemonLDAP::NG, in the same run, by the same generator. Only benchmarks import
// it.
package casbench

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// conn is a client of HTTP/1.1 that costs little: requests made beforehand, answers read without a header table.
type conn struct {
	addr  string
	tls   *tls.Config
	close bool // a new connection for each request

	c net.Conn
	r *bufio.Reader
	// body is that of the last answer, valid until the next request; location its Location.
	body, location []byte
	status         int
}

const timeout = 20 * time.Second

func (c *conn) open() error {
	n, err := net.DialTimeout("tcp", c.addr, timeout)
	if err != nil {
		return err
	}
	if c.tls != nil {
		n = tls.Client(n, c.tls)
	}
	c.c = n
	if c.r == nil {
		c.r = bufio.NewReaderSize(n, 16<<10)
	}
	c.r.Reset(n)
	return n.SetDeadline(time.Now().Add(10 * timeout))
}

func (c *conn) shut() {
	if c.c != nil {
		c.c.Close()
		c.c = nil
	}
}

// get makes a request to a path, with more header lines, each ending with CR LF.
func (c *conn) get(request []byte) error {
	if c.c == nil {
		if err := c.open(); err != nil {
			return err
		}
	}
	if _, err := c.c.Write(request); err != nil {
		return err
	}
	err := c.answer()
	if c.close || err != nil {
		c.shut()
	}
	return err
}

// request writes the bytes of one.
func (c *conn) request(path, header string) []byte {
	end := "\r\n"
	if c.close {
		end = "Connection: close\r\n\r\n"
	}
	return []byte("GET " + path + " HTTP/1.1\r\nHost: " + c.addr + "\r\n" + header + end)
}

var (
	lengthName   = []byte("content-length:")
	locationName = []byte("location:")
	chunkedLine  = []byte("transfer-encoding: chunked")
	closeLine    = []byte("connection: close")
)

func named(line, name []byte) bool {
	return len(line) >= len(name) && bytes.EqualFold(line[:len(name)], name)
}

func (c *conn) answer() error {
	line, err := c.r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if len(line) < 12 {
		return errors.New("casbench: no answer of HTTP")
	}
	if c.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return err
	}
	length, chunked, last := -1, false, false
	c.location = c.location[:0]
	for {
		line, err = c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		switch {
		case named(line, lengthName):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(lengthName):]))); err != nil {
				return err
			}
		case named(line, locationName):
			c.location = append(c.location, bytes.TrimSpace(line[len(locationName):])...)
		case named(line, chunkedLine):
			chunked = true
		case named(line, closeLine):
			last = true
		}
	}
	c.body = c.body[:0]
	switch {
	case chunked:
		err = c.chunks()
	case length >= 0:
		c.body = slices.Grow(c.body, length)[:length]
		_, err = io.ReadFull(c.r, c.body)
	default:
		last = true
		c.body, err = io.ReadAll(c.r)
	}
	if last {
		c.shut()
	}
	return err
}

func (c *conn) chunks() error {
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 31)
		if err != nil {
			return err
		}
		from := len(c.body)
		c.body = slices.Grow(c.body, int(n))[:from+int(n)]
		if _, err := io.ReadFull(c.r, c.body[from:]); err != nil {
			return err
		}
		if _, err := c.r.ReadSlice('\n'); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
}

// Load is what a run of a generator measured.
type Load struct {
	N        int
	Elapsed  time.Duration
	P50, P99 time.Duration
}

// Rate is how many a second, 0 before a run.
func (l Load) Rate() float64 {
	if l.N == 0 {
		return 0
	}
	return float64(l.N) / l.Elapsed.Seconds()
}

// drive does something n times, on some connections at once.
func drive(n, connections int, open func() *conn, work func(c *conn, i int) error) (Load, error) {
	took := make([]time.Duration, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, connections)
	start := time.Now()
	for k := range connections {
		wg.Go(func() {
			c := open()
			defer c.shut()
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				at := time.Now()
				if err := work(c, i); err != nil {
					errs[k] = fmt.Errorf("casbench: request %d: %w", i, err)
					next.Store(int64(n))
					return
				}
				took[i] = time.Since(at)
			}
		})
	}
	wg.Wait()
	l := Load{N: n, Elapsed: time.Since(start)}
	if err := errors.Join(errs...); err != nil {
		return l, err
	}
	slices.Sort(took)
	l.P50, l.P99 = took[n/2], took[n*99/100]
	return l, nil
}
