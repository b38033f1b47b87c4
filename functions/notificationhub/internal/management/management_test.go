package management_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsmanagement "github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/deliver"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/management"
)

var (
	fixedTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	keys      = credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "session")
)

// endpoint starts a server and returns its URL with path added.
func endpoint(t *testing.T, path string, handler http.HandlerFunc) *url.URL {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func newConnections(u *url.URL) *management.Connections {
	return management.New(u, "eu-west-1", keys, func() time.Time { return fixedTime })
}

// A seen request, with what identifies it.
type seen struct{ method, uri, body, authorization, token, contentType string }

func recorder(into *[]seen) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		*into = append(*into, seen{
			r.Method, r.RequestURI, string(body), r.Header.Get("Authorization"),
			r.Header.Get("X-Amz-Security-Token"), r.Header.Get("Content-Type"),
		})
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, `{}`)
		}
	}
}

// TestSignsAsTheSDK compares our request with that of AWS's own client, for endpoints with and without a path.
func TestSignsAsTheSDK(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, path, id string }{
		{"a stage", "/prod", "L0SM9cOFvHcCIhw="},
		{"a deep path", "/_aws/execute-api/abc/local", "L0SM9+/ä~-._="},
		{"a trailing slash", "/prod/", "a=="},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []seen
			u := endpoint(t, c.path, recorder(&got))
			ours := newConnections(u)
			theirs := awsmanagement.New(awsmanagement.Options{
				Region: "eu-west-1", BaseEndpoint: aws.String(strings.TrimSuffix(u.String(), "/")), Credentials: keys,
				HTTPSignerV4: fixedSigner{v4.NewSigner()},
			})
			ctx := context.Background()
			if err := ours.Post(ctx, c.id, []byte(`{"a":"<ü>"}`)); err != nil {
				t.Fatal(err)
			}
			if _, err := theirs.PostToConnection(ctx, &awsmanagement.PostToConnectionInput{ConnectionId: &c.id, Data: []byte(`{"a":"<ü>"}`)}); err != nil {
				t.Fatal(err)
			}
			if err := ours.Probe(ctx, c.id); err != nil {
				t.Fatal(err)
			}
			if _, err := theirs.GetConnection(ctx, &awsmanagement.GetConnectionInput{ConnectionId: &c.id}); err != nil {
				t.Fatal(err)
			}
			for i := 0; i < 4; i += 2 {
				mine, sdk := got[i], got[i+1]
				if mine.method != sdk.method || mine.uri != sdk.uri || mine.body != sdk.body || mine.token != sdk.token || mine.contentType != sdk.contentType {
					t.Errorf("got  %+v\nwant %+v", mine, sdk)
				}
				if !strings.Contains(mine.authorization, "Credential=AKIDEXAMPLE/20260102/eu-west-1/execute-api/aws4_request") {
					t.Errorf("authorization %q", mine.authorization)
				}
				if mine.authorization != sdk.authorization {
					t.Errorf("got  %s\nwant %s", mine.authorization, sdk.authorization)
				}
			}
		})
	}
}

// fixedSigner signs as the SDK does, at a fixed time, and without the headers that only the SDK's client adds.
type fixedSigner struct{ *v4.Signer }

func (f fixedSigner) SignHTTP(ctx context.Context, c aws.Credentials, r *http.Request, hash, service, region string, _ time.Time, options ...func(*v4.SignerOptions)) error {
	r.Header.Del("Amz-Sdk-Invocation-Id")
	r.Header.Del("Amz-Sdk-Request")
	return f.Signer.SignHTTP(ctx, c, r, hash, service, region, fixedTime, options...)
}

func TestPostTranslatesTheAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		is     error
		want   string
	}{
		{"200 is delivered", 200, nil, ""},
		{"410 is gone", 410, deliver.ErrGone, `management: post to connection "c=": connection is gone: status 410: "why"`},
		{"429 is throttled", 429, deliver.ErrThrottled, `management: post to connection "c=": throttled: status 429: "why"`},
		{"500 is unavailable", 500, deliver.ErrUnavailable, `management: post to connection "c=": unavailable: status 500: "why"`},
		{"503 is unavailable", 503, deliver.ErrUnavailable, `management: post to connection "c=": unavailable: status 503: "why"`},
		{"403 is refused", 403, deliver.ErrRefused, `management: post to connection "c=": refused: status 403: "why"`},
		{"413 is refused", 413, deliver.ErrRefused, `management: post to connection "c=": refused: status 413: "why"`},
		{"a redirect is not followed", 307, deliver.ErrRefused, `management: post to connection "c=": refused: status 307: "why"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			u := endpoint(t, "/prod", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, "why")
			})
			err := newConnections(u).Post(context.Background(), "c=", []byte("x"))
			if !errors.Is(err, c.is) || (err != nil && err.Error() != c.want) || (err == nil) != (c.is == nil) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestPostFailsAsUnavailable(t *testing.T) {
	t.Parallel()
	t.Run("when nobody answers in time", func(t *testing.T) {
		t.Parallel()
		release := make(chan struct{})
		u := endpoint(t, "", func(http.ResponseWriter, *http.Request) { <-release })
		t.Cleanup(func() { close(release) })
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		err := newConnections(u).Post(ctx, "c", []byte("x"))
		if !errors.Is(err, deliver.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("when nobody listens", func(t *testing.T) {
		t.Parallel()
		u := endpoint(t, "", nil)
		u.Host = "127.0.0.1:1" // tcpmux: nobody's
		if err := newConnections(u).Post(context.Background(), "c", []byte("x")); !errors.Is(err, deliver.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("when there are no credentials", func(t *testing.T) {
		t.Parallel()
		u := endpoint(t, "", func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
		none := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, errors.New("none") })
		err := management.New(u, "r", none, time.Now).Post(context.Background(), "c", nil)
		if !errors.Is(err, deliver.ErrUnavailable) || err.Error() != `management: post to connection "c": unavailable: credentials: none` {
			t.Errorf("got %v", err)
		}
	})
}

func TestProbe(t *testing.T) {
	t.Parallel()
	u := endpoint(t, "/prod", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/prod/@connections/gone" {
			t.Errorf("%s %s", r.Method, r.URL.Path)
		}
		w.WriteHeader(http.StatusGone)
	})
	err := newConnections(u).Probe(context.Background(), "gone")
	if !errors.Is(err, deliver.ErrGone) || err.Error() != `management: get connection "gone": connection is gone: status 410: ""` {
		t.Errorf("got %v", err)
	}
}

// TestSocketsAreKept holds the number of sockets against the number of posts: an answer that is not read to its end, or a
// pool that is too small, would open one for each.
func TestSocketsAreKept(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	sockets := map[string]bool{}
	u := endpoint(t, "/prod", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		sockets[r.RemoteAddr] = true
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, "slow down")
	})
	c := newConnections(u)
	for range 20 {
		var wave sync.WaitGroup
		for range 50 {
			wave.Go(func() { _ = c.Post(context.Background(), "c", []byte("x")) })
		}
		wave.Wait()
	}
	if len(sockets) > 60 {
		t.Errorf("1,000 posts, 50 at a time, took %d sockets", len(sockets))
	}
}
