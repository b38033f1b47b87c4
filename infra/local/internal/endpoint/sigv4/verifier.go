package sigv4

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"sync"
	"time"
)

// MaxSkew is how far a request's time may be off
// (https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html, also for every other service).
const MaxSkew = 15 * time.Minute

// Unsigned is the payload hash of a request whose body is not signed.
const Unsigned = "UNSIGNED-PAYLOAD"

// A Verifier verifies signatures. It is safe for concurrent use.
type Verifier struct {
	region  string
	now     func() time.Time
	keys    keyCache
	buffers sync.Pool
}

// NewVerifier returns a verifier for one region.
func NewVerifier(region string, now func() time.Time) *Verifier {
	return &Verifier{region: region, now: now, buffers: sync.Pool{New: func() any { return new(buffers) }}}
}

type buffers struct{ text, scratch []byte }

// A Secret is the secret part of credentials.
type Secret struct {
	SecretAccessKey string
	SessionToken    string // "" for long-lived credentials
}

// Verify checks a request that Parse has read, whose credentials are secret and whose body has the hash payloadHash
// (hexadecimal SHA-256, or one of S3's literals). The error is a *Error.
func (v *Verifier) Verify(r *http.Request, s *Signed, secret Secret, payloadHash string) error {
	if subtle.ConstantTimeCompare([]byte(secret.SessionToken), []byte(s.SecurityToken)) != 1 {
		return newError(ErrToken, "The security token included in the request is invalid.")
	}
	if s.Region != v.region {
		return newError(ErrScope, "Credential should be scoped to a valid region, not '"+s.Region+"'. ")
	}
	if err := v.checkTime(s); err != nil {
		return err
	}
	b, _ := v.buffers.Get().(*buffers)
	defer v.buffers.Put(b)
	want, err := v.signature(b, r, s, secret, payloadHash)
	if err != nil {
		return err
	}
	var got [sha256.Size]byte
	if len(s.Signature) != 2*len(got) || !decodeHex(got[:], s.Signature) || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
		return newError(ErrSignature, "The request signature we calculated does not match the signature you provided. "+
			"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	}
	return nil
}

func (v *Verifier) signature(b *buffers, r *http.Request, s *Signed, secret Secret, payloadHash string) ([sha256.Size]byte, error) {
	var err error
	if b.text, err = appendCanonical(b.text[:0], r, s, payloadHash); err != nil {
		return [sha256.Size]byte{}, err
	}
	canonical := sha256.Sum256(b.text)
	b.text = appendScope(append(append(append(b.text[:0], Algorithm+"\n"...), s.Time...), '\n'), s)
	b.text = hex.AppendEncode(append(b.text, '\n'), canonical[:])
	var sum [sha256.Size]byte
	sum, b.scratch = v.key(s, secret).sign(b.scratch, b.text)
	return sum, nil
}

func (v *Verifier) key(s *Signed, secret Secret) *signingKey {
	return v.keys.get(keyID{s.AccessKeyID, secret.SecretAccessKey, s.Date, s.Region, s.Service})
}

func appendScope(b []byte, s *Signed) []byte {
	for _, part := range [...]string{s.Date, s.Region, s.Service} {
		b = append(append(b, part...), '/')
	}
	return append(b, terminator...)
}

func (v *Verifier) checkTime(s *Signed) error {
	at, err := time.Parse(timeLayout, s.Time)
	if err != nil {
		return newError(ErrIncomplete, "Date must be in ISO-8601 'basic format'. Got '"+s.Time+"'.")
	}
	if s.Date != s.Time[:len(dateLayout)] {
		return newError(ErrScope, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '"+
			s.Date+"' != '"+s.Time[:len(dateLayout)]+"', from '"+s.Time+"'.")
	}
	now := v.now().UTC()
	if s.Expires > 0 {
		if now.After(at.Add(s.Expires)) {
			return newError(ErrExpired, "Request has expired")
		}
		if at.After(now.Add(MaxSkew)) {
			return newError(ErrSkew, "Request is not valid yet")
		}
		return nil
	}
	if now.Sub(at) > MaxSkew {
		return newError(ErrSkew, "Signature expired: "+s.Time+" is now earlier than "+now.Add(-MaxSkew).Format(timeLayout)+
			" ("+now.Format(timeLayout)+" - 15 min.)")
	}
	if at.Sub(now) > MaxSkew {
		return newError(ErrSkew, "Signature not yet current: "+s.Time+" is still later than "+now.Add(MaxSkew).Format(timeLayout)+
			" ("+now.Format(timeLayout)+" + 15 min.)")
	}
	return nil
}

func decodeHex(dst []byte, s string) bool {
	for i := range dst {
		hi, lo := unhex(s[2*i]), unhex(s[2*i+1])
		if hi < 0 || lo < 0 {
			return false
		}
		dst[i] = byte(hi<<4 | lo)
	}
	return true
}

// HashPayload returns the payload hash of a body.
func HashPayload(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
