package account

import (
	"bytes"
	"crypto/md5" //nolint:gosec // only to check hashes that others made
	"crypto/sha256"
	"crypto/sha512"
	"hash"
)

// crypt64 writes groups of three bytes, given by their places in the sum, as the alphabet of crypt(3) does. A place of -1 is
// a missing byte.
func crypt64(sum []byte, places [][3]int) []byte {
	const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	var out []byte
	at := func(i int) uint32 {
		if i < 0 {
			return 0
		}
		return uint32(sum[i])
	}
	for _, p := range places {
		v := at(p[0])<<16 | at(p[1])<<8 | at(p[2])
		n := 4
		switch {
		case p[0] < 0 && p[1] < 0:
			n = 2
		case p[0] < 0:
			n = 3
		}
		for range n {
			out = append(out, alphabet[v&63])
			v >>= 6
		}
	}
	return out
}

// repeat fills n bytes with a sum again and again.
func repeat(sum []byte, n int) []byte {
	return bytes.Repeat(sum, n/len(sum)+1)[:n]
}

// md5Crypt is $1$ of crypt(3), as FreeBSD made it.
func md5Crypt(password, salt []byte) []byte {
	alt := md5.Sum(bytes.Join([][]byte{password, salt, password}, nil)) //nolint:gosec // as above
	h := md5.New()                                                      //nolint:gosec // as above
	h.Write(password)
	h.Write([]byte("$1$"))
	h.Write(salt)
	h.Write(repeat(alt[:], len(password)))
	for n := len(password); n > 0; n >>= 1 {
		if n&1 != 0 {
			h.Write([]byte{0})
		} else {
			h.Write(password[:1])
		}
	}
	sum := h.Sum(nil)
	for i := range 1000 {
		h.Reset()
		round(h, i, password, salt, sum)
		sum = h.Sum(sum[:0])
	}
	return crypt64(sum, [][3]int{{0, 6, 12}, {1, 7, 13}, {2, 8, 14}, {3, 9, 15}, {4, 10, 5}, {-1, -1, 11}})
}

// round is one turn of the loop that the three algorithms share.
func round(h hash.Hash, i int, password, salt, sum []byte) {
	if i&1 != 0 {
		h.Write(password)
	} else {
		h.Write(sum)
	}
	if i%3 != 0 {
		h.Write(salt)
	}
	if i%7 != 0 {
		h.Write(password)
	}
	if i&1 != 0 {
		h.Write(sum)
	} else {
		h.Write(password)
	}
}

// shaCrypt is $5$ and $6$ of crypt(3). Source: U. Drepper, Unix crypt using SHA-256 and SHA-512.
func shaCrypt(newHash func() hash.Hash, password, salt []byte, rounds int) []byte {
	alt := newHash()
	alt.Write(password)
	alt.Write(salt)
	alt.Write(password)
	b := alt.Sum(nil)

	h := newHash()
	h.Write(password)
	h.Write(salt)
	h.Write(repeat(b, len(password)))
	for n := len(password); n > 0; n >>= 1 {
		if n&1 != 0 {
			h.Write(b)
		} else {
			h.Write(password)
		}
	}
	sum := h.Sum(nil)

	h.Reset()
	for range len(password) {
		h.Write(password)
	}
	p := repeat(h.Sum(nil), len(password))
	h.Reset()
	for range 16 + int(sum[0]) {
		h.Write(salt)
	}
	s := repeat(h.Sum(nil), len(salt))

	for i := range rounds {
		h.Reset()
		round(h, i, p, s, sum)
		sum = h.Sum(sum[:0])
	}
	var places [][3]int
	if len(sum) == sha256.Size {
		for i, p := 0, [3]int{0, 10, 20}; i < 10; i++ {
			places = append(places, p)
			p = [3]int{(p[0] + 21) % 30, (p[1] + 21) % 30, (p[2] + 21) % 30}
		}
		return crypt64(sum, append(places, [3]int{-1, 31, 30}))
	}
	for i, p := 0, [3]int{0, 21, 42}; i < 21; i++ {
		places = append(places, p)
		p = [3]int{(p[0] + 22) % 63, (p[1] + 22) % 63, (p[2] + 22) % 63}
	}
	return crypt64(sum, append(places, [3]int{-1, -1, 63}))
}

func sha256Crypt(password, salt []byte, rounds int) []byte {
	return shaCrypt(sha256.New, password, salt, rounds)
}

func sha512Crypt(password, salt []byte, rounds int) []byte {
	return shaCrypt(sha512.New, password, salt, rounds)
}
