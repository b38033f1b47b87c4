package snsverify_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hermes-cdk/hermes/functions/snsverify"
)

func TestCertificateIsFetchedOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	body := notification().sent()
	for range 3 {
		if _, err := b.verify(t, body); err != nil {
			t.Fatal(err)
		}
	}
	wantFetches(t, b, 1)
}

func TestConcurrentMessagesFetchOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, concurrentMessagesFetchOnce)
}

func concurrentMessagesFetchOnce(t *testing.T) {
	b := setup(t)
	release := make(chan struct{})
	b.wire.answer = func(r *http.Request) (*http.Response, error) {
		<-release
		return answerWith(http.StatusOK, testCertificate())(r)
	}
	body := notification().sent()
	const messages = 50
	results := make(chan error, messages)
	for range messages {
		go func() {
			_, err := b.Verify(context.Background(), body, nil)
			results <- err
		}()
	}
	synctest.Wait() // all of them wait
	wantFetches(t, b, 1)
	close(release)
	for range messages {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	wantFetches(t, b, 1)
}

func TestOneWaiterGivingUpDoesNotFailTheOthers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	asked, release := make(chan struct{}), make(chan struct{})
	b.wire.answer = func(r *http.Request) (*http.Response, error) {
		close(asked)
		<-release
		if r.Context().Err() != nil {
			return nil, r.Context().Err()
		}
		return answerWith(http.StatusOK, testCertificate())(r)
	}
	body := notification().sent()
	ctx, cancel := context.WithCancel(context.Background())
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { _, err := b.Verify(ctx, body, nil); first <- err }()
	<-asked
	go func() { _, err := b.Verify(context.Background(), body, nil); second <- err }()
	cancel()
	if err := <-first; !errors.Is(err, snsverify.ErrFetch) || !errors.Is(err, context.Canceled) {
		t.Errorf("the one who gave up: %v, want ErrFetch and context.Canceled", err)
	}
	close(release)
	if err := <-second; err != nil {
		t.Errorf("the one who waited: %v", err)
	}
	wantFetches(t, b, 1)
}

func TestFailuresAreNotCached(t *testing.T) {
	t.Parallel()
	b := setup(t)
	body := notification().sent()
	b.wire.answer = answerWith(http.StatusServiceUnavailable, nil)
	wantRefusal(t, b, body, snsverify.ErrFetch, "GET "+testCertURL+" answered Service Unavailable")
	b.wire.answer = answerWith(http.StatusOK, testCertificate())
	if _, err := b.verify(t, body); err != nil {
		t.Fatal(err)
	}
	wantFetches(t, b, 2)
}

// named returns a body that names certificate i.
func named(i int) []byte {
	return notification().with("SigningCertURL", fmt.Sprintf("%s/SimpleNotificationService-%032x.pem", testHost, i)).sent()
}

func TestCacheIsBoundedAndKeepsTheLastUsed(t *testing.T) {
	t.Parallel()
	b := setup(t, snsverify.WithCacheSize(2))
	for step, c := range []struct{ certificate, fetches int }{
		{1, 1}, {2, 2}, {1, 2}, {3, 3}, {1, 3}, {2, 4}, {3, 5},
	} {
		if _, err := b.verify(t, named(c.certificate)); err != nil {
			t.Fatal(err)
		}
		if got := len(b.wire.fetched()); got != c.fetches {
			t.Fatalf("step %d: %d fetches, want %d", step, got, c.fetches)
		}
	}
}

func TestFetchesUnderWayAreBounded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const limit = 8
	asked, release := make(chan struct{}, limit), make(chan struct{})
	b.wire.answer = func(r *http.Request) (*http.Response, error) {
		asked <- struct{}{}
		<-release
		return answerWith(http.StatusOK, testCertificate())(r)
	}
	var waiters sync.WaitGroup
	for i := range limit {
		waiters.Go(func() {
			if _, err := b.Verify(context.Background(), named(i), nil); err != nil {
				t.Error(err)
			}
		})
		<-asked
	}
	wantRefusal(t, b, named(limit), snsverify.ErrFetch, "8 fetches are under way")
	close(release)
	waiters.Wait()
	wantFetches(t, b, limit)
}

func TestCertificateIsRenewedNearItsEnd(t *testing.T) {
	t.Parallel()
	b := setup(t) // the certificate ends 48 hours after testNow
	body := notification().sent()
	verify := func(fetches int) {
		t.Helper()
		if _, err := b.verify(t, body); err != nil {
			t.Fatal(err)
		}
		if got := len(b.wire.fetched()); got != fetches {
			t.Fatalf("%d fetches, want %d", got, fetches)
		}
	}
	verify(1)
	b.advance(46*time.Hour + 59*time.Minute)
	verify(1)
	b.advance(time.Minute) // the last hour begins
	verify(2)
	verify(2) // not with each message
	b.advance(5 * time.Minute)
	verify(3)

	b.wire.answer = answerWith(http.StatusServiceUnavailable, nil)
	b.advance(5 * time.Minute)
	verify(4) // the fetch fails, and the old one is still valid
	verify(4)

	b.wire.answer = answerWith(http.StatusOK, selfSigned(testKey(), "sns.amazonaws.com", testNow, testNow.Add(1000*time.Hour)))
	b.advance(5 * time.Minute)
	verify(5)
	b.advance(10 * time.Hour) // past the end of the first
	verify(5)
}

func TestCachedCertificateIsNotUsedAfterItsEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	body := notification().sent()
	if _, err := b.verify(t, body); err != nil {
		t.Fatal(err)
	}
	b.advance(48*time.Hour + time.Second)
	wantRefusal(t, b, body, snsverify.ErrCertificate,
		"valid from 2026-05-04T11:00:00Z to 2026-05-06T12:00:00Z, not at 2026-05-06T12:00:01Z")
}

func TestCertificateFetchedJustBeforeItsEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.wire.answer = answerWith(http.StatusOK, selfSigned(testKey(), "sns.amazonaws.com", testNow, testNow.Add(time.Minute)))
	body := notification().sent()
	if _, err := b.verify(t, body); err != nil {
		t.Fatal(err)
	}
	b.advance(2 * time.Minute) // before it would be renewed
	wantRefusal(t, b, body, snsverify.ErrCertificate,
		"valid from 2026-05-04T12:00:00Z to 2026-05-04T12:01:00Z, not at 2026-05-04T12:02:00Z")
}
