package endpoint

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"sync"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/sigv4"
	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
)

// The administrator's credentials, known to everyone who can reach the loopback interface.
const (
	AdminAccessKeyID     = "test"
	AdminSecretAccessKey = "test"
)

// Credentials are what a function signs its calls with. They are valid until the process ends.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
}

// A principal is the owner of credentials.
type principal struct {
	caller iam.Caller
	secret sigv4.Secret
}

// A keyring finds principals by access key id.
type keyring struct {
	account string
	mu      sync.RWMutex
	byKey   map[string]*principal
}

func newKeyring(account string) *keyring {
	admin := &principal{
		caller: iam.Caller{ARN: "arn:aws:iam::" + account + ":user/test", Admin: true},
		secret: sigv4.Secret{SecretAccessKey: AdminSecretAccessKey},
	}
	return &keyring{account: account, byKey: map[string]*principal{AdminAccessKeyID: admin}}
}

func (k *keyring) find(accessKeyID string) (*principal, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	p, ok := k.byKey[accessKeyID]
	return p, ok
}

// Issue returns new credentials for a function that runs under a role (by its name), as a restarted function gets new ones on
// AWS. Earlier ones stay valid.
func (f *Front) Issue(role, function string) Credentials {
	c := Credentials{
		AccessKeyID:     "ASIA" + base32.StdEncoding.EncodeToString(random(10)),
		SecretAccessKey: base64.RawStdEncoding.EncodeToString(random(30)),
		SessionToken:    base64.RawURLEncoding.EncodeToString(random(48)),
	}
	p := &principal{
		caller: iam.Caller{
			ARN:  "arn:aws:sts::" + f.keyring.account + ":assumed-role/" + role + "/" + function,
			Role: role, Function: function,
		},
		secret: sigv4.Secret{SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken},
	}
	f.keyring.mu.Lock()
	defer f.keyring.mu.Unlock()
	f.keyring.byKey[c.AccessKeyID] = p
	return c
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: https://pkg.go.dev/crypto/rand#Read
	return b
}
