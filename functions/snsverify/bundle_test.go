package snsverify_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/snsverify"
)

const (
	testTopic   = "arn:aws:sns:eu-west-1:123456789012:alerts"
	testID      = "22b80b92-fdea-5c2c-8f9d-bdfb0c7bf324"
	testToken   = "2336412f37fb687f5d51e6e241d09c805a5a57b30d712f794cc5f6a988666d92768dd60a747ba6f3beb71854e285d6ad"
	testHost    = "https://sns.eu-west-1.amazonaws.com"
	testName    = "0123456789abcdef0123456789abcdef"
	testCertURL = testHost + "/SimpleNotificationService-" + testName + ".pem"
)

var testNow = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// testKey is shared: making one takes longer than the test that uses it.
var testKey = sync.OnceValue(func() *rsa.PrivateKey { return newKey(2048) })

func newKey(bits int) *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return key
}

// testCertificate is what SNS would serve for testKey.
var testCertificate = sync.OnceValue(func() []byte {
	return selfSigned(testKey(), "sns.amazonaws.com", testNow.Add(-time.Hour), testNow.Add(48*time.Hour))
})

func selfSigned(key crypto.Signer, commonName string, from, to time.Time) []byte {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: commonName}, NotBefore: from, NotAfter: to,
	}
	return signedBy(template, template, key.Public(), key)
}

func signedBy(template, parent *x509.Certificate, key crypto.PublicKey, by crypto.Signer) []byte {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, by)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// A pair is one member of an envelope; value is a string, or anything else that json can write.
type pair struct {
	key   string
	value any
}

// A document is an envelope in the order in which it is written.
type document []pair

func notification(more ...pair) document {
	return append(document{
		{"Type", "Notification"},
		{"MessageId", testID},
		{"TopicArn", testTopic},
		{"Message", "Hello\nworld \"€😀\""},
		{"Timestamp", "2026-05-04T11:59:58.655Z"},
		{"SignatureVersion", "2"},
		{"SigningCertURL", testCertURL},
		{"UnsubscribeURL", testHost + "/?Action=Unsubscribe&SubscriptionArn=" + testTopic + ":c9135db0-26c4-47ec-8998-413945fb5a96"},
	}, more...)
}

func confirmation(typ string) document {
	return document{
		{"Type", typ},
		{"MessageId", testID},
		{"Token", testToken},
		{"TopicArn", testTopic},
		{"Message", "You have chosen."},
		{"SubscribeURL", testHost + "/?Action=ConfirmSubscription&TopicArn=" + testTopic + "&Token=" + testToken},
		{"Timestamp", "2026-05-04T11:59:58.655Z"},
		{"SignatureVersion", "2"},
		{"SigningCertURL", testCertURL},
	}
}

func (d document) get(key string) (string, bool) {
	for _, p := range d {
		if p.key == key {
			s, ok := p.value.(string)
			return s, ok
		}
	}
	return "", false
}

// with replaces the value of key, or adds it.
func (d document) with(key string, value any) document {
	out := append(document(nil), d...)
	for i := range out {
		if out[i].key == key {
			out[i].value = value
			return out
		}
	}
	return append(out, pair{key, value})
}

func (d document) without(key string) document {
	var out document
	for _, p := range d {
		if p.key != key {
			out = append(out, p)
		}
	}
	return out
}

func (d document) renamed(from, to string) document {
	out := append(document(nil), d...)
	for i := range out {
		if out[i].key == from {
			out[i].key = to
		}
	}
	return out
}

// stringToSign follows the documentation word for word, and shares nothing with the package.
func (d document) stringToSign() string {
	keys := []string{"Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"}
	if t, _ := d.get("Type"); t != "Notification" {
		keys = []string{"Message", "MessageId", "SubscribeURL", "SubscribeUrl", "Timestamp", "Token", "TopicArn", "Type"}
	}
	var b strings.Builder
	for _, key := range keys {
		if value, ok := d.get(key); ok {
			b.WriteString(strings.Replace(key, "Url", "URL", 1) + "\n" + value + "\n")
		}
	}
	return b.String()
}

// signed adds the Signature by key.
func (d document) signed(key *rsa.PrivateKey) document {
	sum, hash := sha256.Sum256([]byte(d.stringToSign())), crypto.SHA256
	digest := sum[:]
	if version, _ := d.get("SignatureVersion"); version == "1" {
		old := sha1.Sum([]byte(d.stringToSign()))
		digest, hash = old[:], crypto.SHA1
	}
	signature, err := rsa.SignPKCS1v15(nil, key, hash, digest)
	if err != nil {
		panic(err)
	}
	return d.with("Signature", base64.StdEncoding.EncodeToString(signature))
}

func (d document) json() []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range d {
		if i > 0 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(p.key)
		value, err := json.Marshal(p.value)
		if err != nil {
			panic(err)
		}
		b.Write(key)
		b.WriteString(" : ")
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// A wire answers requests for certificates and remembers them.
type wire struct {
	mu     sync.Mutex
	urls   []string
	answer func(*http.Request) (*http.Response, error)
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.urls = append(w.urls, r.URL.String())
	answer := w.answer
	w.mu.Unlock()
	return answer(r)
}

func (w *wire) fetched() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.urls...)
}

func answerWith(status int, body []byte) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Status: http.StatusText(status), Header: http.Header{}, Request: r,
			Body: io.NopCloser(bytes.NewReader(body)),
		}, nil
	}
}

// A bundle is a verifier of testTopic whose certificates come from wire and whose clock stands still.
type bundle struct {
	*snsverify.Verifier
	wire *wire
	mu   sync.Mutex
	now  time.Time
}

func (b *bundle) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *bundle) advance(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

func setup(t testing.TB, options ...snsverify.Option) *bundle {
	t.Helper()
	return setupTopics(t, []string{testTopic}, options...)
}

func setupTopics(t testing.TB, topics []string, options ...snsverify.Option) *bundle {
	t.Helper()
	b := &bundle{wire: &wire{answer: answerWith(http.StatusOK, testCertificate())}, now: testNow}
	options = append([]snsverify.Option{
		snsverify.WithClock(b.clock), snsverify.WithHTTPClient(&http.Client{Transport: b.wire}),
	}, options...)
	v, err := snsverify.New(topics, options...)
	if err != nil {
		t.Fatal(err)
	}
	b.Verifier = v
	return b
}

// verify is Verify without header.
func (b *bundle) verify(t testing.TB, body []byte) (snsverify.Message, error) {
	t.Helper()
	return b.Verify(context.Background(), body, nil)
}
