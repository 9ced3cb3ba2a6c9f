package account

import (
	"bytes"
	"crypto/md5" //nolint:gosec // only to check hashes that others made
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // as above
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strconv"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// What a hash read from a base may ask for at the most. A row that was tampered with must not stop the server.
const (
	maxBcryptCost  = 15
	maxCryptRounds = 1_000_000
	maxPBKDF2      = 2_000_000
	maxEncoded     = 1024
	maxSalt        = 128
	// maxCrypt is how many bytes crypt(3) is given: each round reads the password again, so that a long one would cost ten times
	// as much.
	maxCrypt = 256
)

// old is a hash that is not argon2id: how it was made, and what came out.
type old struct {
	// scheme, rounds and salt are all that it takes to make it again.
	scheme string
	rounds int
	salt   []byte
	sum    []byte
	// size of the key, for PBKDF2.
	size int
}

// The schemes.
const (
	schemeMD5          = "md5"
	schemeSHA1         = "sha1"
	schemeSHA256       = "sha256"
	schemeSHA512       = "sha512"
	schemeMD5Crypt     = "1"
	schemeSHA256Crypt  = "5"
	schemeSHA512Crypt  = "6"
	schemeBcrypt       = "bcrypt"
	schemePBKDF2SHA256 = "pbkdf2-sha256"
	schemePBKDF2SHA512 = "pbkdf2-sha512"
)

// digest makes the hash of a password again.
func (o *old) digest(password []byte) []byte {
	salted := func(h hash.Hash) []byte {
		h.Write(password)
		h.Write(o.salt)
		return h.Sum(nil)
	}
	switch o.scheme {
	case schemeMD5Crypt, schemeSHA256Crypt, schemeSHA512Crypt:
		if len(password) > maxCrypt {
			return nil
		}
	}
	switch o.scheme {
	case schemeMD5:
		return salted(md5.New()) //nolint:gosec // as above
	case schemeSHA1:
		return salted(sha1.New()) //nolint:gosec // as above
	case schemeSHA256:
		return salted(sha256.New())
	case schemeSHA512:
		return salted(sha512.New())
	case schemeMD5Crypt:
		return md5Crypt(password, o.salt)
	case schemeSHA256Crypt:
		return sha256Crypt(password, o.salt, o.rounds)
	case schemeSHA512Crypt:
		return sha512Crypt(password, o.salt, o.rounds)
	case schemePBKDF2SHA256, schemePBKDF2SHA512:
		h := sha256.New
		if o.scheme == schemePBKDF2SHA512 {
			h = sha512.New
		}
		key, err := pbkdf2.Key(h, string(password), o.salt, o.rounds, o.size)
		if err != nil {
			return nil
		}
		return key
	}
	return nil
}

// matches compares a password. What bcrypt cuts at 72 bytes is refused before: another end would pass.
func (o *old) matches(password []byte) bool {
	if o.scheme == schemeBcrypt {
		return len(password) <= 72 && bcrypt.CompareHashAndPassword(o.sum, password) == nil
	}
	return equal(o.digest(password), o.sum)
}

// setting writes how the hash was made, without what came out: the part of a wrapped hash that is kept.
func (o *old) setting() string {
	return o.scheme + "," + strconv.Itoa(o.rounds) + "," + strconv.Itoa(o.size) + "," + b64.EncodeToString(o.salt)
}

// parseSetting reads what setting wrote.
func parseSetting(s string) (*old, bool) {
	f := strings.Split(s, ",")
	if len(f) != 4 {
		return nil, false
	}
	rounds, e1 := strconv.Atoi(f[1])
	size, e2 := strconv.Atoi(f[2])
	salt, e3 := b64.DecodeString(f[3])
	o := &old{scheme: f[0], rounds: rounds, salt: salt, size: size}
	if e1 != nil || e2 != nil || e3 != nil || !o.sound() || o.scheme == schemeBcrypt {
		return nil, false
	}
	return o, true
}

// sound reports whether the cost is one that a base may ask for.
func (o *old) sound() bool {
	if len(o.salt) > maxSalt {
		return false
	}
	switch o.scheme {
	case schemeMD5, schemeSHA1, schemeSHA256, schemeSHA512, schemeMD5Crypt, schemeBcrypt:
		return true
	case schemeSHA256Crypt, schemeSHA512Crypt:
		return o.rounds >= 1000 && o.rounds <= maxCryptRounds
	case schemePBKDF2SHA256, schemePBKDF2SHA512:
		return o.rounds >= 1 && o.rounds <= maxPBKDF2 && o.size >= 16 && o.size <= 64
	}
	return false
}

// parseOld reads a hash that others made.
func parseOld(s string) (*old, bool) {
	o, ok := readOld(s)
	if !ok || !o.sound() || len(o.sum) == 0 {
		return nil, false
	}
	return o, true
}

func readOld(s string) (*old, bool) {
	switch {
	case len(s) > maxEncoded:
		return nil, false
	case strings.HasPrefix(s, "$2a$"), strings.HasPrefix(s, "$2b$"), strings.HasPrefix(s, "$2y$"), strings.HasPrefix(s, "{bcrypt}$2"):
		s = strings.TrimPrefix(s, "{bcrypt}")
		cost, err := bcrypt.Cost([]byte(s))
		return &old{scheme: schemeBcrypt, sum: []byte(s)}, err == nil && cost <= maxBcryptCost && len(s) == 60
	case strings.HasPrefix(s, "$pbkdf2-sha"), strings.HasPrefix(s, "pbkdf2_sha"):
		return readPBKDF2(s)
	case strings.HasPrefix(s, "$1$"), strings.HasPrefix(s, "$5$"), strings.HasPrefix(s, "$6$"):
		return readCrypt(s)
	case strings.HasPrefix(s, "{"):
		return readLDAP(s)
	}
	return readHex(s)
}

// readHex reads MD5 and SHA sums without a salt, as entcore and many others kept them.
func readHex(s string) (*old, bool) {
	b, err := hex.DecodeString(s)
	if err != nil {
		return nil, false
	}
	scheme, ok := schemeOfSize(len(b))
	return &old{scheme: scheme, sum: b}, ok
}

func schemeOfSize(n int) (string, bool) {
	switch n {
	case md5.Size:
		return schemeMD5, true
	case sha1.Size:
		return schemeSHA1, true
	case sha256.Size:
		return schemeSHA256, true
	case sha512.Size:
		return schemeSHA512, true
	}
	return "", false
}

// readLDAP reads what directories keep: {SSHA} and its kin, {CRYPT}. Source: RFC 2307, OpenLDAP.
func readLDAP(s string) (*old, bool) {
	name, rest, ok := strings.Cut(s[1:], "}")
	if !ok {
		return nil, false
	}
	size, salted := 0, false
	switch strings.ToUpper(name) {
	case "CRYPT":
		if strings.HasPrefix(rest, "{") {
			return nil, false
		}
		return readOld(rest)
	case "MD5":
		size = md5.Size
	case "SMD5":
		size, salted = md5.Size, true
	case "SHA":
		size = sha1.Size
	case "SSHA":
		size, salted = sha1.Size, true
	case "SHA256":
		size = sha256.Size
	case "SSHA256":
		size, salted = sha256.Size, true
	case "SHA512":
		size = sha512.Size
	case "SSHA512":
		size, salted = sha512.Size, true
	default:
		return nil, false
	}
	b, err := base64.StdEncoding.DecodeString(rest)
	if err != nil || len(b) < size || salted != (len(b) > size) {
		return nil, false
	}
	scheme, ok := schemeOfSize(size)
	return &old{scheme: scheme, sum: b[:size], salt: b[size:]}, ok
}

// readCrypt reads $1$salt$sum, $5$rounds=n$salt$sum.
func readCrypt(s string) (*old, bool) {
	o := &old{scheme: s[1:2]}
	f := strings.Split(s[3:], "$")
	if o.scheme != schemeMD5Crypt {
		o.rounds = 5000
		if n, ok := strings.CutPrefix(f[0], "rounds="); ok {
			var err error
			if o.rounds, err = strconv.Atoi(n); err != nil {
				return nil, false
			}
			f = f[1:]
		}
	}
	most, size := 16, map[string]int{schemeMD5Crypt: 22, schemeSHA256Crypt: 43, schemeSHA512Crypt: 86}[o.scheme]
	if o.scheme == schemeMD5Crypt {
		most = 8
	}
	if len(f) != 2 || len(f[0]) > most || len(f[1]) != size {
		return nil, false
	}
	o.salt, o.sum = []byte(f[0]), []byte(f[1])
	return o, true
}

// readPBKDF2 reads $pbkdf2-sha256$i=600000,l=32$salt$key (PHC), $pbkdf2-sha256$29000$salt$key (passlib), and
// pbkdf2_sha256$600000$salt$key (Django, whose salt is text).
func readPBKDF2(s string) (*old, bool) {
	django := strings.HasPrefix(s, "pbkdf2_")
	f := strings.Split(strings.TrimPrefix(s, "$"), "$")
	if len(f) != 4 {
		return nil, false
	}
	o := &old{scheme: strings.Replace(f[0], "_", "-", 1)}
	cost, _, _ := strings.Cut(strings.TrimPrefix(f[1], "i="), ",")
	var err error
	if o.rounds, err = strconv.Atoi(cost); err != nil {
		return nil, false
	}
	if django {
		o.salt = []byte(f[2])
		o.sum, err = base64.StdEncoding.DecodeString(f[3])
	} else {
		// passlib writes '.' for '+'.
		o.salt, err = b64.DecodeString(strings.ReplaceAll(f[2], ".", "+"))
		if err == nil {
			o.sum, err = b64.DecodeString(strings.ReplaceAll(f[3], ".", "+"))
		}
	}
	o.size = len(o.sum)
	return o, err == nil && !bytes.Equal(o.sum, nil)
}
