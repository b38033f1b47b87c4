package edge

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"sync"
	"time"
)

const idBytes = 11 // makes 15 characters and one "=", as in "L0SM9cOFvHcCIhw="

// IDs generates identifiers in AWS's forms. It is safe for concurrent use.
type IDs struct {
	mu     sync.Mutex
	random io.Reader
}

// NewIDs draws from random, usually crypto/rand.Reader. It panics if the source fails.
func NewIDs(random io.Reader) *IDs { return &IDs{random: random} }

// Next returns a connection, message or request id: 16 characters of URL-safe base64 that end in "=".
func (i *IDs) Next() string {
	var b [idBytes]byte
	i.read(b[:])
	return base64.URLEncoding.EncodeToString(b[:])
}

// Trace returns a value for X-Amzn-Trace-Id.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
func (i *IDs) Trace(now time.Time) string {
	var b [12]byte
	i.read(b[:])
	return fmt.Sprintf("Root=1-%08x-%s", now.Unix(), hex.EncodeToString(b[:]))
}

func (i *IDs) read(b []byte) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, err := io.ReadFull(i.random, b); err != nil {
		panic(fmt.Sprintf("edge: read randomness: %v", err))
	}
}

// ValidID reports whether s has the form of an id of Next: AWS distinguishes an id that never was one (400) from one that is
// gone (410). https://github.com/localstack/localstack/issues/4694
func ValidID(s string) bool {
	b, err := base64.URLEncoding.DecodeString(s)
	return err == nil && len(b) == idBytes
}
