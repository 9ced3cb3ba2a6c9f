package edt

import (
	"bytes"
	"compress/zlib"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5" //nolint:gosec // the format's checksum of a key, not a signature
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/xmlscan"
)

// Container is the encrypted envelope EXPORT_INDEX_EDUCATION.
type Container struct {
	Version, Software string
	// Partners are those for whom it is encrypted; each has its own copy of the key.
	Partners []string
	UAI      string
	School   string
	At       time.Time

	keys       map[string]string // base64
	content    string            // base64
	hash       string            // base64
	compressed bool
}

// HashOf says what the hash of a container was taken from: readers of the field disagree.
type HashOf string

// What the hash was taken from.
const (
	HashOfPlain   HashOf = "plain"   // the clear document, as the schema's comment says
	HashOfContent HashOf = "content" // the decrypted bytes, before they are inflated
)

// ContainerOptions bound what is opened.
type ContainerOptions struct {
	// MaxBytes bounds the envelope and the clear document: 256 MiB when 0.
	MaxBytes int64
}

// ReadContainer reads an envelope. It returns CodeXML for what is not well-formed, CodeRoot for another document.
func ReadContainer(r io.Reader, o ContainerOptions) (*Container, error) {
	limit := o.MaxBytes
	if limit == 0 {
		limit = maxBytes
	}
	s := xmlscan.New(r, xmlscan.Options{MaxDepth: 8, MaxBytes: limit, MaxToken: int(limit)})
	c := &Container{keys: map[string]string{}, compressed: true}
	var path []string
	var text bytes.Buffer
	partner := ""
	for {
		kind, err := s.Next()
		if errors.Is(err, io.EOF) {
			return c, nil
		}
		if err != nil {
			return nil, fmt.Errorf("edt: envelope: %w: %w", CodeXML, err)
		}
		switch kind {
		case xmlscan.StartElement:
			path = append(path, string(s.Name()))
			text.Reset()
			if len(path) == 1 && path[0] != "EXPORT_INDEX_EDUCATION" {
				return nil, fmt.Errorf("edt: envelope: %w", CodeRoot)
			}
			for i := range s.NumAttr() {
				switch n, v := s.Attr(i); {
				case path[len(path)-1] == "PARTENAIRE" && string(n) == "NOM":
					partner = strings.TrimSpace(string(v))
				case path[len(path)-1] == "CONTENU" && string(n) == "CompresseAvantChiffrement":
					c.compressed = string(v) != "false" && string(v) != "0"
				}
			}
		case xmlscan.Text:
			text.Write(s.Text())
		case xmlscan.EndElement:
			c.set(path[len(path)-1], partner, strings.TrimSpace(text.String()))
			path = path[:len(path)-1]
			text.Reset()
		default:
		}
	}
}

func (c *Container) set(name, partner, text string) {
	switch name {
	case "VERSION":
		c.Version = text
	case "LOGICIEL":
		c.Software = text
	case "PARTENAIRE":
		c.Partners = append(c.Partners, partner)
		c.keys[partner] = text
	case "CONTENU":
		c.content = text
	case "VERIFICATION":
		c.hash = text
	case "DATEHEURE":
		c.At, _ = time.Parse(time.RFC3339Nano, text) // zero when it cannot be read
	case "UAI":
		c.UAI = text
	case "NOMETABLISSEMENT":
		c.School = text
	}
}

// keySize is that of the decrypted key blob: an AES-128 key, an initial vector, and the MD5 of both.
const keySize = 48

// Open decrypts the clear document with the private key of a partner, and says what its hash was taken from. It returns
// CodePartner when the envelope is not for this partner, CodeKey and CodeKeySum for a key that cannot be decrypted or is not
// whole, CodeContent for a content that cannot be, CodeLimit when it inflates beyond the limit, CodeHash when neither hash is
// right. A byte order mark is removed.
func (c *Container) Open(partner string, key *rsa.PrivateKey, o ContainerOptions) ([]byte, HashOf, error) {
	text, ok := c.keys[partner]
	if !ok {
		return nil, "", failure(CodePartner)
	}
	blob, err := decode(text)
	if err != nil || key == nil {
		return nil, "", failure(CodeKey)
	}
	// A fixed size, so that what is wrong with the padding is not told apart: see rsa.DecryptPKCS1v15SessionKey.
	secret := make([]byte, keySize)
	if err := rsa.DecryptPKCS1v15SessionKey(nil, key, blob, secret); err != nil { //nolint:staticcheck // the format's own padding
		return nil, "", failure(CodeKey)
	}
	sum := md5.Sum(secret[:32]) //nolint:gosec // the format's
	if subtle.ConstantTimeCompare(sum[:], secret[32:]) != 1 {
		return nil, "", failure(CodeKeySum)
	}
	content, err := c.decrypt(secret)
	if err != nil {
		return nil, "", err
	}
	plain := content
	if c.compressed {
		if plain, err = inflate(content, o.MaxBytes); err != nil {
			return nil, "", err
		}
	}
	of := HashOf("")
	switch want, err := decode(c.hash); {
	case err != nil:
	case same(want, content):
		of = HashOfContent
	case same(want, plain):
		of = HashOfPlain
	}
	if of == "" {
		return nil, "", failure(CodeHash)
	}
	return bytes.TrimPrefix(plain, []byte("\ufeff")), of, nil
}

func failure(code ent.Code) error { return fmt.Errorf("edt: envelope: %w", code) }

// decode reads base64, with line breaks in it.
func decode(s string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		return nil, fmt.Errorf("edt: base64: %w", err)
	}
	return b, nil
}

// decrypt is AES-128-CBC with the padding of PKCS#5.
func (c *Container) decrypt(secret []byte) ([]byte, error) {
	data, err := decode(c.content)
	if err != nil || len(data) == 0 || len(data)%aes.BlockSize != 0 {
		return nil, failure(CodeContent)
	}
	block, err := aes.NewCipher(secret[:16])
	if err != nil {
		return nil, failure(CodeContent)
	}
	cipher.NewCBCDecrypter(block, secret[16:32]).CryptBlocks(data, data)
	pad := int(data[len(data)-1])
	if pad < 1 || pad > aes.BlockSize || !bytes.Equal(data[len(data)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, failure(CodeContent)
	}
	return data[:len(data)-pad], nil
}

func inflate(data []byte, limit int64) ([]byte, error) {
	if limit == 0 {
		limit = maxBytes
	}
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, failure(CodeContent)
	}
	plain, err := io.ReadAll(io.LimitReader(z, limit+1))
	if err != nil {
		return nil, failure(CodeContent)
	}
	if int64(len(plain)) > limit {
		return nil, failure(CodeLimit)
	}
	return plain, nil
}

func same(want, data []byte) bool {
	sum := sha256.Sum256(data)
	return subtle.ConstantTimeCompare(want, sum[:]) == 1
}
