package sns

import (
	"crypto"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// signingName is the certificate's common name in regions that are enabled by default.
const signingName = "sns.amazonaws.com"

// A signer signs messages as SNS does.
type signer struct {
	key         *rsa.PrivateKey
	certificate []byte // PEM, the leaf alone
	path        string // /SimpleNotificationService-<32 hex>.pem
}

// openSigner reads the signing key kept in dir, or creates one if it does not match this authority.
func openSigner(dir string, a *authority, now time.Time) (*signer, error) {
	cert, kept, err := readPair(dir, "signing")
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errDamaged) {
		return nil, fmt.Errorf("signer: %w", err)
	}
	key, isRSA := kept.(*rsa.PrivateKey)
	if err != nil || !isRSA || !usable(cert, now) || cert.CheckSignatureFrom(a.cert) != nil {
		if key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			return nil, fmt.Errorf("signer: %w", err)
		}
		if cert, err = a.issue(signingName, key.Public(), now); err != nil {
			return nil, fmt.Errorf("signer: %w", err)
		}
		if err := writePair(dir, "signing", cert, key); err != nil {
			return nil, fmt.Errorf("signer: %w", err)
		}
	}
	// AWS's files are named by the MD5 of the certificate too.
	return &signer{
		key: key, certificate: encodeCertificate(cert), path: fmt.Sprintf("/SimpleNotificationService-%x.pem", md5.Sum(cert.Raw)),
	}, nil
}

// certificateURL is the SigningCertURL of messages of a topic.
func (s *signer) certificateURL(topicARN string) string {
	return "https://sns." + regionOf(topicARN) + ".amazonaws.com" + s.path
}

// sign signs text by signature version "1" (SHA-1) or "2" (SHA-256), RSA PKCS #1 v1.5, in base64.
// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
func (s *signer) sign(text, version string) (string, error) {
	hash, sum := crypto.SHA1, func() []byte { d := sha1.Sum([]byte(text)); return d[:] }
	if version == "2" {
		hash, sum = crypto.SHA256, func() []byte { d := sha256.Sum256([]byte(text)); return d[:] }
	}
	signature, err := rsa.SignPKCS1v15(nil, s.key, hash, sum())
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return base64.StdEncoding.EncodeToString(signature), nil
}
