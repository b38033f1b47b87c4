package snsverify_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/snsverify"
)

var otherKey = sync.OnceValue(func() *rsa.PrivateKey { return newKey(2048) })

func TestCertificateRules(t *testing.T) {
	t.Parallel()
	from, to := testNow.Add(-time.Hour), testNow.Add(time.Hour)
	good := testCertificate()
	elliptical, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(good)
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"nothing":              {nil, `no PEM block at the start: ""`},
		"text":                 {[]byte("<html>"), `no PEM block at the start: "<html>"`},
		"text before":          {append([]byte("x\n"), good...), ""},
		"text after":           {append(bytes.Clone(good), "x"...), "1 bytes after the PEM block"},
		"two blocks":           {append(bytes.Clone(good), good...), ""},
		"a damaged one before": {append([]byte("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"), good...), "more than one PEM block"},
		"a key's block":        {pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: block.Bytes}), `PEM block "PUBLIC KEY" with 0 headers`},
		"a block with headers": {pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Headers: map[string]string{"a": "b"}, Bytes: block.Bytes}), `PEM block "CERTIFICATE" with 1 headers`},
		"a block of no kind":   {[]byte("-----BEGIN CERTIFICATE-----\n"), "no PEM block"},
		"not X.509":            {pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}), "x509: malformed certificate"},
		"too large":            {bytes.Repeat([]byte("x"), 16<<10+1), "GET " + testCertURL + " gave more than 16384 bytes"},
		"not RSA":              {selfSigned(elliptical, "sns.amazonaws.com", from, to), "key is ECDSA, not RSA"},
		"a short key":          {selfSigned(newKey(1024), "sns.amazonaws.com", from, to), "RSA key of 1024 bits, not 2048 to 4096"},
		"a huge key":           {hugeKey(), "RSA key of 4097 bits, not 2048 to 4096"},
		"another name":         {selfSigned(testKey(), "example.com", from, to), `it names "example.com", not sns.amazonaws.com`},
		"the host's name":      {selfSigned(testKey(), "sns.eu-west-1.amazonaws.com", from, to), `it names "sns.eu-west-1.amazonaws.com", not sns.amazonaws.com`},
		"no name":              {selfSigned(testKey(), "", from, to), `it names "", not sns.amazonaws.com`},
		"not yet valid":        {selfSigned(testKey(), "sns.amazonaws.com", testNow.Add(time.Second), to), "valid from 2026-05-04T12:00:01Z to 2026-05-04T13:00:00Z, not at 2026-05-04T12:00:00Z"},
		"no longer valid":      {selfSigned(testKey(), "sns.amazonaws.com", from, testNow.Add(-time.Second)), "valid from 2026-05-04T11:00:00Z to 2026-05-04T11:59:59Z, not at 2026-05-04T12:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.wire.answer = answerWith(http.StatusOK, c.body)
			wantRefusal(t, b, notification().sent(), snsverify.ErrCertificate, c.want)
			wantRefusal(t, b, notification().sent(), snsverify.ErrCertificate, c.want)
			wantFetches(t, b, 2) // a refused certificate is not kept
		})
	}
}

// hugeKey is a certificate for a key of 4,097 bits, of which nobody has the private half.
func hugeKey() []byte {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sns.amazonaws.com"}, NotBefore: testNow, NotAfter: testNow.Add(time.Hour),
	}
	n := new(big.Int).Lsh(big.NewInt(1), 4096)
	return signedBy(template, template, &rsa.PublicKey{N: n.SetBit(n, 0, 1), E: 65537}, testKey())
}

func TestFetchRules(t *testing.T) {
	t.Parallel()
	redirect := func(status int) func(*http.Request) (*http.Response, error) {
		return func(r *http.Request) (*http.Response, error) {
			if r.URL.Host != "sns.eu-west-1.amazonaws.com" {
				return answerWith(http.StatusOK, testCertificate())(r)
			}
			response, err := answerWith(status, nil)(r)
			response.Header.Set("Location", "https://example.com/x.pem")
			return response, err
		}
	}
	for name, c := range map[string]struct {
		answer func(*http.Request) (*http.Response, error)
		kind   error
	}{
		"a permanent redirect": {redirect(http.StatusMovedPermanently), snsverify.ErrCertificate},
		"a passing redirect":   {redirect(http.StatusTemporaryRedirect), snsverify.ErrCertificate},
		"not found":            {answerWith(http.StatusNotFound, testCertificate()), snsverify.ErrCertificate},
		"forbidden":            {answerWith(http.StatusForbidden, testCertificate()), snsverify.ErrCertificate},
		"too slow a request":   {answerWith(http.StatusRequestTimeout, testCertificate()), snsverify.ErrFetch},
		"too early a request":  {answerWith(http.StatusTooEarly, testCertificate()), snsverify.ErrFetch},
		"throttled":            {answerWith(http.StatusTooManyRequests, testCertificate()), snsverify.ErrFetch},
		"a server's fault":     {answerWith(http.StatusInternalServerError, testCertificate()), snsverify.ErrFetch},
		"no content":           {answerWith(http.StatusNoContent, testCertificate()), snsverify.ErrFetch},
		"no connection": {func(*http.Request) (*http.Response, error) {
			return nil, errors.New("connection refused")
		}, snsverify.ErrFetch},
		"half an answer": {func(r *http.Request) (*http.Response, error) {
			response, err := answerWith(http.StatusOK, nil)(r)
			response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(testCertificate()), failing{}))
			return response, err
		}, snsverify.ErrFetch},
		"no answer in time": {func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, snsverify.ErrFetch},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, snsverify.WithFetchTimeout(50*time.Millisecond))
			b.wire.answer = c.answer
			wantRefusal(t, b, notification().sent(), c.kind, "")
			wantFetches(t, b, 1)
			if snsverify.IsTemporary(c.kind) != (c.kind == snsverify.ErrFetch) {
				t.Error("IsTemporary differs")
			}
		})
	}
}

func TestAnEndlessCertificateIsNotReadOn(t *testing.T) {
	t.Parallel()
	body := &endless{}
	b := setup(t)
	b.wire.answer = func(r *http.Request) (*http.Response, error) {
		response, err := answerWith(http.StatusOK, nil)(r)
		response.Body = io.NopCloser(body)
		return response, err
	}
	wantRefusal(t, b, notification().sent(), snsverify.ErrCertificate, "GET "+testCertURL+" gave more than 16384 bytes")
	if body.read > 32<<10 {
		t.Errorf("read %d bytes of it", body.read)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

// A jar says that it was used.
type jar struct{ t *testing.T }

func (j jar) Cookies(*url.URL) []*http.Cookie { j.t.Error("cookies were sent"); return nil }

func (j jar) SetCookies(*url.URL, []*http.Cookie) { j.t.Error("cookies were kept") }

func TestNoCookies(t *testing.T) {
	t.Parallel()
	wire := &wire{answer: answerWith(http.StatusOK, testCertificate())}
	b := setup(t, snsverify.WithHTTPClient(&http.Client{Transport: wire, Jar: jar{t}}))
	if _, err := b.verify(t, notification().sent()); err != nil {
		t.Fatal(err)
	}
}

func TestClientOfTheCallerIsLeftAlone(t *testing.T) {
	t.Parallel()
	client := &http.Client{}
	if _, err := snsverify.New([]string{testTopic}, snsverify.WithHTTPClient(client)); err != nil {
		t.Fatal(err)
	}
	if client.CheckRedirect != nil {
		t.Error("the caller's client was changed")
	}
}

func TestCommonNameFollowsTheRegion(t *testing.T) {
	t.Parallel()
	for arn, want := range map[string]struct{ host, name string }{
		"arn:aws:sns:us-east-1:123456789012:t":            {"sns.us-east-1.amazonaws.com", "sns.amazonaws.com"},
		"arn:aws:sns:eu-north-1:123456789012:t":           {"sns.eu-north-1.amazonaws.com", "sns.amazonaws.com"},
		"arn:aws:sns:af-south-1:123456789012:t":           {"sns.af-south-1.amazonaws.com", "sns-signing.af-south-1.amazonaws.com"},
		"arn:aws:sns:mx-central-1:123456789012:t":         {"sns.mx-central-1.amazonaws.com", "sns-signing.mx-central-1.amazonaws.com"},
		"arn:aws:sns:ap-southeast-7:123456789012:t":       {"sns.ap-southeast-7.amazonaws.com", "sns-signing.ap-southeast-7.amazonaws.com"},
		"arn:aws-cn:sns:cn-north-1:123456789012:t":        {"sns.cn-north-1.amazonaws.com.cn", "sns-cn-north-1.amazonaws.com.cn"},
		"arn:aws-cn:sns:cn-northwest-1:123456789012:t":    {"sns.cn-northwest-1.amazonaws.com.cn", "sns-cn-northwest-1.amazonaws.com.cn"},
		"arn:aws-us-gov:sns:us-gov-west-1:123456789012:t": {"sns.us-gov-west-1.amazonaws.com", "sns-us-gov-west-1.amazonaws.com"},
		"arn:aws-us-gov:sns:us-gov-east-1:123456789012:t": {"sns.us-gov-east-1.amazonaws.com", "sns-us-gov-west-1.amazonaws.com"},
	} {
		t.Run(arn, func(t *testing.T) {
			t.Parallel()
			url := "https://" + want.host + "/SimpleNotificationService-" + testName + ".pem"
			body := notification().with("TopicArn", arn).with("SigningCertURL", url).sent()
			b := setupTopics(t, []string{arn})
			b.wire.answer = answerWith(http.StatusOK, selfSigned(testKey(), want.name, testNow.Add(-time.Hour), testNow.Add(time.Hour)))
			if _, err := b.verify(t, body); err != nil {
				t.Fatal(err)
			}
			if got := b.wire.fetched(); len(got) != 1 || got[0] != url {
				t.Errorf("fetched %q, want %q", got, url)
			}
			b = setupTopics(t, []string{arn})
			b.wire.answer = answerWith(http.StatusOK, selfSigned(testKey(), "sns.example.com", testNow.Add(-time.Hour), testNow.Add(time.Hour)))
			wantRefusal(t, b, body, snsverify.ErrCertificate, `it names "sns.example.com", not `+want.name)
		})
	}
	b := setup(t, snsverify.WithCommonName("sns.example.com"))
	b.wire.answer = answerWith(http.StatusOK, selfSigned(testKey(), "sns.example.com", testNow.Add(-time.Hour), testNow.Add(time.Hour)))
	if _, err := b.verify(t, notification().sent()); err != nil {
		t.Error("WithCommonName:", err)
	}
}

// An authority is a root with an intermediate that issues SNS's certificate.
type authority struct {
	roots, intermediates *x509.CertPool
	leaf                 func(from, to time.Time) []byte
}

func newAuthority(t *testing.T, intermediateEnd time.Time) authority {
	t.Helper()
	template := func(name string, ca bool, from, to time.Time) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: to,
			IsCA: ca, BasicConstraintsValid: true, DNSNames: []string{name},
			ExtKeyUsage: map[bool][]x509.ExtKeyUsage{false: {x509.ExtKeyUsageServerAuth}}[ca],
			KeyUsage:    map[bool]x509.KeyUsage{true: x509.KeyUsageCertSign, false: x509.KeyUsageDigitalSignature}[ca],
		}
	}
	year := 365 * 24 * time.Hour
	root := template("root", true, testNow.Add(-year), testNow.Add(year))
	intermediate := template("intermediate", true, testNow.Add(-year), intermediateEnd)
	rootKey, intermediateKey := newKey(2048), otherKey()
	a := authority{roots: x509.NewCertPool(), intermediates: x509.NewCertPool()}
	a.roots.AppendCertsFromPEM(signedBy(root, root, rootKey.Public(), rootKey))
	a.intermediates.AppendCertsFromPEM(signedBy(intermediate, root, intermediateKey.Public(), rootKey))
	a.leaf = func(from, to time.Time) []byte {
		return signedBy(template("sns.amazonaws.com", false, from, to), intermediate, testKey().Public(), intermediateKey)
	}
	return a
}

func TestChain(t *testing.T) {
	t.Parallel()
	body := notification().sent()
	day := 24 * time.Hour
	a := newAuthority(t, testNow.Add(2*day))
	b := setup(t, snsverify.WithIntermediates(a.intermediates, a.roots))
	b.wire.answer = answerWith(http.StatusOK, a.leaf(testNow.Add(-day), testNow.Add(30*day)))
	if _, err := b.verify(t, body); err != nil {
		t.Fatal("a chain to the root:", err)
	}
	if _, err := b.verify(t, body); err != nil {
		t.Fatal("the second time:", err)
	}
	wantFetches(t, b, 1)

	b.advance(3 * day) // the leaf is valid, its issuer is not
	wantRefusal(t, b, body, snsverify.ErrCertificate, "")

	b = setup(t, snsverify.WithIntermediates(a.intermediates, a.roots))
	b.wire.answer = answerWith(http.StatusOK, testCertificate()) // right in all but its issuer
	wantRefusal(t, b, body, snsverify.ErrCertificate, "")

	b = setup(t, snsverify.WithIntermediates(x509.NewCertPool(), a.roots))
	b.wire.answer = answerWith(http.StatusOK, a.leaf(testNow.Add(-day), testNow.Add(30*day)))
	wantRefusal(t, b, body, snsverify.ErrCertificate, "x509: certificate signed by unknown authority")
}
