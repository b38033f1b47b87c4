package sigv4

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

var (
	testNow    = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	testSecret = Secret{SecretAccessKey: "secret"}
)

func newTestVerifier() *Verifier {
	return NewVerifier("us-east-1", func() time.Time { return testNow })
}

// sign signs like the SDK and returns the request as a server sees it.
func sign(t testing.TB, method, url, body, service string, secret Secret, at time.Time, change func(*http.Request)) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" })
	creds := aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: secret.SecretAccessKey, SessionToken: secret.SessionToken}
	if err := signer.SignHTTP(context.Background(), creds, r, HashPayload([]byte(body)), service, "us-east-1", at); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	return serverSide(t, r)
}

func serverSide(t testing.TB, r *http.Request) *http.Request {
	t.Helper()
	var wire strings.Builder
	if err := r.Write(&wire); err != nil {
		t.Fatal(err)
	}
	got := httptest.NewRequest(r.Method, "/", nil)
	parsed, err := http.ReadRequest(newReader(wire.String()))
	if err != nil {
		t.Fatal(err)
	}
	got.URL, got.Header, got.Host, got.ContentLength, got.Body = parsed.URL, parsed.Header, parsed.Host, parsed.ContentLength, parsed.Body
	return got
}

func verify(v *Verifier, r *http.Request, secret Secret) error {
	signed, err := Parse(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	return v.Verify(r, &signed, secret, HashPayload(body))
}

func TestWhatTheSDKSignsIsAccepted(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, method, url, body, service string }{
		{"a JSON call", "POST", "http://127.0.0.1:4566/", `{"a":1}`, "sqs"},
		{"a connection id with an escape", "POST", "http://127.0.0.1:4566/_aws/execute-api/abc/local/@connections/L0SM9cOFvHcCIhw%3D", "hi", "execute-api"},
		{"a path with spaces", "GET", "http://127.0.0.1:4566/a%20b/c", "", "lambda"},
		{"a key with specials", "GET", "http://127.0.0.1:4566/bucket/a%20b/%C3%A4%2Bc%3Dd%3Be%40f", "", "s3"},
		{"an unsorted query", "GET", "http://127.0.0.1:4566/bucket?prefix=b%2Fc&list-type=2&delimiter=%2F&empty", "", "s3"},
		{"repeated parameters", "GET", "http://127.0.0.1:4566/x?b=2&b=1&a=%20", "", "lambda"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := sign(t, tt.method, tt.url, tt.body, tt.service, testSecret, testNow, nil)
			if err := verify(newTestVerifier(), r, testSecret); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhatIsWrongIsRefused(t *testing.T) {
	t.Parallel()
	temporary := Secret{SecretAccessKey: "secret", SessionToken: "token"}
	tests := []struct {
		name   string
		signed Secret
		at     time.Time
		change func(*http.Request)
		want   error
		text   string
	}{
		{
			"no signature", testSecret, testNow, func(r *http.Request) { r.Header.Del("Authorization") }, ErrMissing,
			"sigv4: no signature: Request is missing Authentication Token",
		},
		{
			"another secret",
			Secret{SecretAccessKey: "other"},
			testNow, nil, ErrSignature,
			"sigv4: signature does not match: The request signature we calculated does not match the signature you provided. " +
				"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
		},
		{"a header altered", testSecret, testNow, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, ErrSignature, ""},
		{"the path altered", testSecret, testNow, func(r *http.Request) { r.URL.Path = "/other" }, ErrSignature, ""},
		{"the body altered", testSecret, testNow, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("BODY")) }, ErrSignature, ""},
		{
			"a token that nobody issued", temporary, testNow, nil, ErrToken,
			"sigv4: wrong session token: The security token included in the request is invalid.",
		},
		{
			"a quarter of an hour late", testSecret, testNow.Add(-16 * time.Minute), nil, ErrSkew,
			"sigv4: request time too skewed: Signature expired: 20260304T045007Z is now earlier than 20260304T045107Z (20260304T050607Z - 15 min.)",
		},
		{
			"a quarter of an hour early", testSecret, testNow.Add(16 * time.Minute), nil, ErrSkew,
			"sigv4: request time too skewed: Signature not yet current: 20260304T052207Z is still later than 20260304T052107Z (20260304T050607Z + 15 min.)",
		},
		{
			"another region", testSecret, testNow, rewrite("us-east-1", "eu-west-1"), ErrScope,
			"sigv4: wrong credential scope: Credential should be scoped to a valid region, not 'eu-west-1'. ",
		},
		{"another day", testSecret, testNow, rewrite("/20260304/", "/20260303/"), ErrScope, ""},
		{
			"another terminator", testSecret, testNow, rewrite("aws4_request", "aws5_request"), ErrScope,
			"sigv4: wrong credential scope: Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'.",
		},
		{"a short credential", testSecret, testNow, rewrite("/us-east-1", ""), ErrIncomplete, ""},
		{"no signed headers", testSecret, testNow, rewrite("SignedHeaders=", "Signed="), ErrIncomplete, ""},
		{"host not signed", testSecret, testNow, rewrite(";host", ""), ErrIncomplete, ""},
		{"a signature that is not hexadecimal", testSecret, testNow, rewrite("Signature=", "Signature=zz"), ErrSignature, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := sign(t, "POST", "http://127.0.0.1:4566/", "body", "sqs", tt.signed, tt.at, tt.change)
			err := verify(newTestVerifier(), r, testSecret)
			if !errors.Is(err, tt.want) {
				t.Fatalf("error = %v, want %v", err, tt.want)
			}
			if tt.text != "" && err.Error() != tt.text {
				t.Errorf("error = %q\nwant    %q", err, tt.text)
			}
		})
	}
}

func rewrite(old, replacement string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, replacement, 1))
	}
}

func TestAPresignedRequestHoldsUntilItExpires(t *testing.T) {
	t.Parallel()
	presign := func(at time.Time) *http.Request {
		r, err := http.NewRequest(http.MethodGet, "http://127.0.0.1:4566/bucket/key?X-Amz-Expires=60", nil)
		if err != nil {
			t.Fatal(err)
		}
		creds := aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret", SessionToken: "token"}
		signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
		url, _, err := signer.PresignHTTP(context.Background(), creds, r, Unsigned, "s3", "us-east-1", at)
		if err != nil {
			t.Fatal(err)
		}
		return httptest.NewRequest(http.MethodGet, url, nil)
	}
	tests := []struct {
		name string
		at   time.Time
		want error
	}{
		{"just made", testNow, nil},
		{"a minute old", testNow.Add(-time.Minute), nil},
		{"older than its expiry", testNow.Add(-61 * time.Second), ErrExpired},
		{"from the future", testNow.Add(time.Hour), ErrSkew},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := presign(tt.at)
			signed, err := Parse(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := newTestVerifier().Verify(r, &signed, Secret{"secret", "token"}, Unsigned); !errors.Is(err, tt.want) {
				t.Errorf("error = %v, want %v", err, tt.want)
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	v := newTestVerifier()
	body := strings.Repeat("x", 300)
	secret := Secret{"secret", strings.Repeat("t", 60)}
	r := sign(b, "POST", "http://127.0.0.1:4566/_aws/execute-api/abc/local/@connections/L0SM9cOFvHcCIhw%3D", body, "execute-api", secret, testNow, nil)
	b.ReportAllocs()
	for b.Loop() {
		signed, err := Parse(r)
		if err != nil {
			b.Fatal(err)
		}
		if err := v.Verify(r, &signed, secret, HashPayload([]byte(body))); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=AKID/20260304/us-east-1/sqs/aws4_request, SignedHeaders=host;x-amz-date, Signature=00", "/a%2Gb?x=%&y")
	f.Add("AWS4-HMAC-SHA256 Credential=////, SignedHeaders=;;, Signature=", "/?X-Amz-Signature=1")
	f.Fuzz(func(_ *testing.T, authorization, target string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if u, err := r.URL.Parse(target); err == nil {
			r.URL = u
		}
		r.Header.Set("Authorization", authorization)
		r.Header.Set("X-Amz-Date", "20260304T050607Z")
		_ = verify(newTestVerifier(), r, testSecret)
	})
}
