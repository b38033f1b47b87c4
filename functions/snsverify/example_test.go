package snsverify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/hermes-cdk/hermes/functions/snsverify"
)

// The examples run without AWS: exampleOptions stands for the network and the clock, which real code leaves out.
func exampleOptions() []snsverify.Option {
	certificates := &http.Client{Transport: &wire{answer: answerWith(http.StatusOK, testCertificate())}}
	return []snsverify.Option{
		snsverify.WithHTTPClient(certificates), snsverify.WithClock((&bundle{now: testNow}).clock), snsverify.WithMinVersion(2),
	}
}

func ExampleVerifier_Verify() {
	verifier, err := snsverify.New([]string{"arn:aws:sns:eu-west-1:123456789012:alerts"}, exampleOptions()...)
	if err != nil {
		panic(err)
	}
	body := notification(pair{"Subject", "Disk full"}).with("Message", "98 % of /var").sent() // what arrived

	message, err := verifier.Verify(context.Background(), body, nil)
	if err != nil {
		panic(err)
	}
	switch m := message.(type) {
	case *snsverify.Notification:
		fmt.Printf("%s: %s\n", m.Subject, m.Message)
	case *snsverify.SubscriptionConfirmation:
		fmt.Println("confirm by the SNS API:", m.TopicARN)
	case *snsverify.UnsubscribeConfirmation:
		fmt.Println("somebody unsubscribed:", m.TopicARN)
	}
	// Output: Disk full: 98 % of /var
}

func ExampleVerifier_Middleware() {
	verifier, err := snsverify.New([]string{"arn:aws:sns:eu-west-1:123456789012:alerts"}, exampleOptions()...)
	if err != nil {
		panic(err)
	}
	handler := verifier.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		message, _ := snsverify.FromContext(r.Context())
		fmt.Println("verified:", message.Signed().MessageID)
	}))

	body := notification().sent()
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, post(body, header("Notification", testID, testTopic)))
	fmt.Println(w.Code)

	forged := bytes.Replace(body, []byte("Hello"), []byte("Hallo"), 1)
	w = httptest.NewRecorder()
	handler.ServeHTTP(w, post(forged, header("Notification", testID, testTopic)))
	fmt.Println(w.Code)
	// Output:
	// verified: 22b80b92-fdea-5c2c-8f9d-bdfb0c7bf324
	// 200
	// 403
}

func ExampleIsTemporary() {
	unreachable := &http.Client{Transport: &wire{answer: func(*http.Request) (*http.Response, error) {
		return nil, errors.New("no route to host")
	}}}
	verifier, err := snsverify.New([]string{"arn:aws:sns:eu-west-1:123456789012:alerts"}, snsverify.WithHTTPClient(unreachable))
	if err != nil {
		panic(err)
	}
	_, err = verifier.Verify(context.Background(), notification().sent(), nil)
	fmt.Println(snsverify.IsTemporary(err), snsverify.StatusCode(err)) // let SNS try again
	// Output: true 503
}
