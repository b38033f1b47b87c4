package sns

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

const (
	authorityLife = 365 * 24 * time.Hour
	// spare is the remaining validity that a kept certificate needs at the start, so that it does not expire during a run.
	spare = 7 * 24 * time.Hour
)

// An authority issues the certificates of the local stage, for names under amazonaws.com only. Nothing outside the stage
// trusts it.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
	file string // the certificate, PEM
}

// openAuthority reads the authority kept in dir, or creates one if there is none, or it is damaged or about to expire.
func openAuthority(dir string, now time.Time) (*authority, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("authority: %w", err)
	}
	file := filepath.Join(dir, "ca.pem")
	cert, key, err := readPair(dir, "ca")
	if err == nil && usable(cert, now) {
		return &authority{cert: cert, key: key, file: file}, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errDamaged) {
		return nil, fmt.Errorf("authority: %w", err)
	}
	key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("authority: %w", err)
	}
	template := newTemplate("Local stage authority", now, authorityLife)
	template.IsCA, template.MaxPathLenZero = true, true
	template.KeyUsage = x509.KeyUsageCertSign
	template.PermittedDNSDomainsCritical, template.PermittedDNSDomains = true, []string{"amazonaws.com"}
	cert, err = issue(template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("authority: %w", err)
	}
	if err := writePair(dir, "ca", cert, key); err != nil {
		return nil, fmt.Errorf("authority: %w", err)
	}
	return &authority{cert: cert, key: key, file: file}, nil
}

// issue returns a server's certificate for name and key.
func (a *authority) issue(name string, key crypto.PublicKey, now time.Time) (*x509.Certificate, error) {
	template := newTemplate(name, now, authorityLife)
	template.DNSNames = []string{name}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	if template.NotAfter.After(a.cert.NotAfter) {
		template.NotAfter = a.cert.NotAfter
	}
	return issue(template, a.cert, key, a.key)
}

func newTemplate(name string, now time.Time, life time.Duration) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: newSerial(), Subject: pkix.Name{CommonName: name}, BasicConstraintsValid: true,
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(life),
	}
}

func newSerial() *big.Int {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, as its documentation says
	b[0] &= 0x7f
	return new(big.Int).SetBytes(b[:])
}

func issue(template, parent *x509.Certificate, key crypto.PublicKey, by crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, by)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func usable(cert *x509.Certificate, now time.Time) bool {
	return now.After(cert.NotBefore) && now.Add(spare).Before(cert.NotAfter)
}

// errDamaged says that a file is not valid.
var errDamaged = errors.New("damaged")

// readPair reads <name>.pem and <name>-key.pem.
func readPair(dir, name string) (*x509.Certificate, crypto.Signer, error) {
	certDER, err := readPEM(filepath.Join(dir, name+".pem"))
	if err != nil {
		return nil, nil, err
	}
	keyDER, err := readPEM(filepath.Join(dir, name+"-key.pem"))
	if err != nil {
		return nil, nil, err
	}
	cert, certErr := x509.ParseCertificate(certDER)
	parsed, keyErr := x509.ParsePKCS8PrivateKey(keyDER)
	if err := errors.Join(certErr, keyErr); err != nil {
		return nil, nil, fmt.Errorf("%s: %w: %w", name, errDamaged, err)
	}
	key, ok := parsed.(crypto.Signer)
	public, comparable := cert.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !comparable || !public.Equal(key.Public()) {
		return nil, nil, fmt.Errorf("%s: %w: the key is not the certificate's", name, errDamaged)
	}
	return cert, key, nil
}

func readPEM(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s: %w: no PEM block", file, errDamaged)
	}
	return block.Bytes, nil
}

func writePair(dir, name string, cert *x509.Certificate, key crypto.Signer) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	keyText := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := replaceFile(filepath.Join(dir, name+"-key.pem"), keyText); err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, name+".pem"), encodeCertificate(cert))
}

func encodeCertificate(cert *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
}
