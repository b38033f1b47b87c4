package snsverify_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/hermes-cdk/hermes/functions/snsverify"
)

// maxAllocations bounds a verification with a warm cache. Nine are of crypto/rsa; the race detector adds one.
const maxAllocations = 16

func TestVerifyAllocatesLittle(t *testing.T) {
	b := setup(t)
	body := notification(pair{"Subject", "Hi"}).sent()
	got := testing.AllocsPerRun(100, func() {
		if _, err := b.Verify(context.Background(), body, nil); err != nil {
			t.Fatal(err)
		}
	})
	if got > maxAllocations {
		t.Errorf("%v allocations a message, want at most %d", got, maxAllocations)
	}
}

func benchmark(b *testing.B, d document) {
	v := setup(b)
	body := d.sent()
	h := header("Notification", testID, testTopic)
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := v.Verify(context.Background(), body, h); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyWarm(b *testing.B) { benchmark(b, notification(pair{"Subject", "Hi"})) }

func BenchmarkVerifyWarmSHA1(b *testing.B) {
	benchmark(b, notification(pair{"Subject", "Hi"}).with("SignatureVersion", "1"))
}

func BenchmarkVerifyWarm256KiB(b *testing.B) {
	benchmark(b, notification().with("Message", strings.Repeat("a line of text\n", 256<<10/15)))
}

// BenchmarkVerifyCold fetches the certificate each time, from memory: it measures all but the network.
func BenchmarkVerifyCold(b *testing.B) {
	body := notification(pair{"Subject", "Hi"}).sent()
	client := &http.Client{Transport: &wire{answer: answerWith(http.StatusOK, testCertificate())}}
	clock := setup(b).clock
	b.ReportAllocs()
	for b.Loop() {
		v, err := snsverify.New([]string{testTopic}, snsverify.WithHTTPClient(client), snsverify.WithClock(clock))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := v.Verify(context.Background(), body, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRefuse is what a flood of forged messages costs: no fetch, no RSA.
func BenchmarkRefuse(b *testing.B) {
	v := setup(b)
	body := notification().with("SigningCertURL", "https://example.com/x.pem").sent()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Verify(context.Background(), body, nil); err == nil {
			b.Fatal("accepted")
		}
	}
}
