// Command subscriber is what a production function does with SNS: it verifies what is posted to it with no option of the
// local stage, and confirms by the SNS API. The environment alone brings it here: HTTPS_PROXY, SSL_CERT_FILE and
// AWS_ENDPOINT_URL. It prints its address, then one line for each message.
package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"

	"github.com/hermes-cdk/hermes/functions/snsverify"
)

func main() {
	verifier, err := snsverify.New([]string{os.Getenv("TOPIC_ARN")}, snsverify.WithMinVersion(2),
		snsverify.WithLogger(slog.New(slog.NewTextHandler(os.Stderr, nil))))
	if err != nil {
		fail(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	fmt.Println("http://" + listener.Addr().String())
	fail(http.Serve(listener, verifier.Middleware(http.HandlerFunc(receive)))) //nolint:gosec // a test's server
}

func receive(w http.ResponseWriter, r *http.Request) {
	message, _ := snsverify.FromContext(r.Context())
	switch m := message.(type) {
	case *snsverify.Notification:
		fmt.Printf("notification %q %q\n", m.Subject, m.Message)
	case *snsverify.SubscriptionConfirmation:
		response, err := http.PostForm(os.Getenv("AWS_ENDPOINT_URL"), url.Values{
			"Action": {"ConfirmSubscription"}, "TopicArn": {m.TopicARN}, "Token": {m.Token},
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_ = response.Body.Close()
		fmt.Println("confirmed", response.StatusCode)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
