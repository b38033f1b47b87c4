package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"sync"
)

// maxKeys bounds the cache: far more than a day's keys of every function and service.
const maxKeys = 4096

const blockSize = sha256.BlockSize

// A signingKey is a key derived for one day, region and service, ready to sign: HMAC needs it padded and masked twice
// (RFC 2104), which is done once.
type signingKey struct {
	inner, outer [blockSize]byte
}

type keyID struct{ accessKeyID, secret, date, region, service string }

// keyCache keeps derived keys: deriving takes four HMACs, signing one.
type keyCache struct {
	mu   sync.RWMutex
	keys map[keyID]*signingKey
}

func (c *keyCache) get(id keyID) *signingKey {
	c.mu.RLock()
	key := c.keys[id]
	c.mu.RUnlock()
	if key != nil {
		return key
	}
	key = derive(id)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.keys == nil || len(c.keys) >= maxKeys {
		c.keys = map[keyID]*signingKey{}
	}
	// The parts are slices of a request's header: cloned, so that the cache does not retain it.
	c.keys[id.clone()] = key
	return key
}

func (id keyID) clone() keyID {
	return keyID{string([]byte(id.accessKeyID)), string([]byte(id.secret)), string([]byte(id.date)), string([]byte(id.region)), string([]byte(id.service))}
}

func derive(id keyID) *signingKey {
	k := mac([]byte("AWS4"+id.secret), id.date)
	for _, part := range []string{id.region, id.service, terminator} {
		k = mac(k, part)
	}
	var key signingKey
	copy(key.inner[:], k)
	key.outer = key.inner
	for i := range key.inner {
		key.inner[i] ^= 0x36
		key.outer[i] ^= 0x5c
	}
	return &key
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// sign returns the HMAC of text. scratch is overwritten and returned for reuse.
func (k *signingKey) sign(scratch, text []byte) (sum [sha256.Size]byte, _ []byte) {
	scratch = append(append(scratch[:0], k.inner[:]...), text...)
	inner := sha256.Sum256(scratch)
	scratch = append(append(scratch[:0], k.outer[:]...), inner[:]...)
	return sha256.Sum256(scratch), scratch
}
