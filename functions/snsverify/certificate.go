package snsverify

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"time"
)

// Bounds of a signing key. Amazon's are of 2,048 bits; the upper bound keeps verification cheap.
const (
	minKeyBits = 2048
	maxKeyBits = 4096
)

// A certificate is a parsed signing certificate, its key, and when it is valid: its own dates or, where a chain was
// verified, those that all of the chain share.
type certificate struct {
	x509                *x509.Certificate
	key                 *rsa.PublicKey
	notBefore, notAfter time.Time
}

// parseCertificate reads exactly one PEM block with an X.509 certificate for an RSA key.
func parseCertificate(text []byte) (*certificate, error) {
	text = bytes.TrimSpace(text)
	if !bytes.HasPrefix(text, []byte("-----BEGIN ")) {
		return nil, fmt.Errorf("%w: no PEM block at the start: %.40q", ErrCertificate, text)
	}
	block, rest := pem.Decode(text)
	switch {
	case block == nil:
		return nil, fmt.Errorf("%w: no PEM block", ErrCertificate)
	case block.Type != "CERTIFICATE" || len(block.Headers) > 0:
		return nil, fmt.Errorf("%w: PEM block %.40q with %d headers", ErrCertificate, block.Type, len(block.Headers))
	case len(rest) > 0:
		return nil, fmt.Errorf("%w: %d bytes after the PEM block", ErrCertificate, len(rest))
	case bytes.Count(text, []byte("-----BEGIN ")) != 1: // pem.Decode passes over a damaged block
		return nil, fmt.Errorf("%w: more than one PEM block", ErrCertificate)
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCertificate, err)
	}
	key, ok := parsed.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("%w: key is %s, not RSA", ErrCertificate, parsed.PublicKeyAlgorithm)
	}
	if bits := key.N.BitLen(); bits < minKeyBits || bits > maxKeyBits {
		return nil, fmt.Errorf("%w: RSA key of %d bits, not %d to %d", ErrCertificate, bits, minKeyBits, maxKeyBits)
	}
	return &certificate{x509: parsed, key: key, notBefore: parsed.NotBefore, notAfter: parsed.NotAfter}, nil
}

// checkName compares the certificate's common name. It is not the host that serves it.
func (c *certificate) checkName(want string) error {
	if got := c.x509.Subject.CommonName; got != want {
		return fmt.Errorf("%w: it names %.80q, not %s", ErrCertificate, got, want)
	}
	return nil
}

// checkDates compares the validity with now.
func (c *certificate) checkDates(now time.Time) error {
	if now.Before(c.notBefore) || now.After(c.notAfter) {
		return fmt.Errorf("%w: valid from %s to %s, not at %s", ErrCertificate,
			c.notBefore.Format(time.RFC3339), c.notAfter.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	return nil
}

// A chain is what a certificate is verified against, where that was asked for.
type chain struct {
	intermediates, roots *x509.CertPool
}

// check verifies that c leads to a root at now, and narrows its dates to those of the chain. SNS serves the leaf alone,
// so that the intermediates must be given.
func (h *chain) check(c *certificate, now time.Time) error {
	chains, err := c.x509.Verify(x509.VerifyOptions{Intermediates: h.intermediates, Roots: h.roots, CurrentTime: now})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCertificate, err)
	}
	for _, link := range chains[0] {
		if link.NotBefore.After(c.notBefore) {
			c.notBefore = link.NotBefore
		}
		if link.NotAfter.Before(c.notAfter) {
			c.notAfter = link.NotAfter
		}
	}
	return nil
}
