package saml

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"time"
)

// KeyPair is a key of ours with the certificate that carries it to the partners, self-signed as a rule: partners trust the key
// that stands in our metadata, and nothing of the certificate.
type KeyPair struct {
	// Key signs: RSA from 2048 bits on, or ECDSA P-256 or P-384. An RSA key that is a crypto.Decrypter too opens what is
	// encrypted for us. It may be in a module of hardware.
	Key crypto.Signer
	// Certificate is in DER.
	Certificate []byte
	// Use keeps the key to one use; for both when empty.
	Use KeyUse
}

// LogValue hides the key.
func (k KeyPair) LogValue() slog.Value { return slog.StringValue(hidden) }

// String hides the key.
func (k KeyPair) String() string { return hidden }

// GoString hides the key.
func (k KeyPair) GoString() string { return hidden }

// ParseKeyPair reads a certificate and its key in PEM: PKCS #8, PKCS #1 or SEC 1. The error is of CodeSetup.
func ParseKeyPair(certificate, key []byte) (KeyPair, error) {
	c, _ := pem.Decode(certificate)
	k, _ := pem.Decode(key)
	if c == nil || c.Type != "CERTIFICATE" || k == nil {
		return KeyPair{}, refuseField(CodeSetup, "PEM")
	}
	var parsed any
	var err error
	switch k.Type {
	case "RSA PRIVATE KEY":
		parsed, err = x509.ParsePKCS1PrivateKey(k.Bytes)
	case "EC PRIVATE KEY":
		parsed, err = x509.ParseECPrivateKey(k.Bytes)
	default:
		parsed, err = x509.ParsePKCS8PrivateKey(k.Bytes)
	}
	signer, ok := parsed.(crypto.Signer)
	if err != nil || !ok {
		return KeyPair{}, refuseField(CodeSetup, "PEM") // what the parser says may quote the key
	}
	out := KeyPair{Key: signer, Certificate: c.Bytes}
	return out, out.check()
}

// SelfSigned makes a new RSA key of 3072 bits, and a certificate of the name that ends at a time. A product makes one, keeps it,
// and publishes the next one some weeks before it signs.
func SelfSigned(name string, from, until time.Time) (KeyPair, error) {
	key, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		return KeyPair{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return KeyPair{}, err
	}
	template := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return KeyPair{}, err
	}
	return KeyPair{Key: key, Certificate: der}, nil
}

func (k KeyPair) check() error {
	if k.Key == nil {
		return refuseField(CodeSetup, "Keys")
	}
	switch public := k.Key.Public().(type) {
	case *rsa.PublicKey:
		if public.N.BitLen() < minRSA {
			return refuseField(CodeSetup, "Keys")
		}
	case *ecdsa.PublicKey:
		if size := public.Curve.Params().BitSize; size != 256 && size != 384 {
			return refuseField(CodeSetup, "Keys")
		}
	default:
		return refuseField(CodeSetup, "Keys")
	}
	// A certificate of another key would make every partner refuse what we sign.
	if public, ok := publicKeyOf(k.Certificate).(interface{ Equal(crypto.PublicKey) bool }); !ok || !public.Equal(k.Key.Public()) {
		return refuseField(CodeSetup, "Certificate")
	}
	return nil
}

// ours are the keys of one side, checked.
type ours struct {
	signing  KeyPair
	decrypts []crypto.Decrypter
	all      []KeyPair
}

// keysOf sorts out keys: the first one that may sign does, all that can decrypt do.
func keysOf(list []KeyPair) (ours, error) {
	var out ours
	for _, k := range list {
		if err := k.check(); err != nil {
			return ours{}, err
		}
		if k.Use != UseEncryption && out.signing.Key == nil {
			out.signing = k
		}
		if d, ok := k.Key.(crypto.Decrypter); ok && k.decrypts() && k.Use != UseSigning {
			out.decrypts = append(out.decrypts, d)
		}
		out.all = append(out.all, k)
	}
	if out.signing.Key == nil {
		return ours{}, refuseField(CodeSetup, "Keys")
	}
	return out, nil
}

// decrypts reports whether something can be encrypted for the key.
func (k KeyPair) decrypts() bool {
	_, isRSA := k.Key.Public().(*rsa.PublicKey)
	_, ok := k.Key.(crypto.Decrypter)
	return ok && isRSA
}
