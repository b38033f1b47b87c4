package sns_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/hermes-cdk/hermes/infra/local/internal/clock/clocktest"
	"github.com/hermes-cdk/hermes/infra/local/internal/sns"
)

func TestTemplateSubscriptionsSurviveARestart(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "notify")
	keep := func(c *sns.Config) { c.DataDir = dir }
	e := newEndpoint(t)

	b := setup(t, keep)
	topic := b.topic(t, nil)
	wanted := sns.Subscription{TopicARN: topic, Protocol: "https", Endpoint: e.url + "/budget-subscriber", Attributes: map[string]string{"RedrivePolicy": redrive}}
	arn, err := b.AddSubscription(ctx, wanted)
	if err != nil {
		t.Fatal(err)
	}
	if confirmed := b.confirm(t, topic, e.next(t)); confirmed != arn {
		t.Errorf("confirmed as %s, added as %s", confirmed, arn)
	}
	ca, err := os.ReadFile(b.CAFile())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}

	b = setup(t, keep)
	if again, err := os.ReadFile(b.CAFile()); err != nil || string(again) != string(ca) {
		t.Errorf("another authority, %v", err)
	}
	// The template of this run has not said yet that it still has the subscription.
	b.publish(t, awssns.PublishInput{TopicArn: &topic, Message: aws.String("too early")})
	again, err := b.AddSubscription(ctx, wanted)
	if err != nil || again != arn {
		t.Errorf("added as %s, %v; want %s", again, err, arn)
	}
	b.publish(t, awssns.PublishInput{TopicArn: &topic, Message: aws.String("hello")})
	if got := b.verify(t, topic, e.next(t)).Signed().Message; got != "hello" {
		t.Errorf("got %q; a confirmed subscription is not asked again", got)
	}
}

func TestAddSubscription(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := setup(t)
	topic := b.topic(t, nil)
	arn, err := b.AddSubscription(ctx, sns.Subscription{TopicARN: topic, Protocol: "sqs", Endpoint: deadQueue, Attributes: map[string]string{"RawMessageDelivery": "true"}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := b.sns.GetSubscriptionAttributes(ctx, &awssns.GetSubscriptionAttributesInput{SubscriptionArn: &arn})
	if err != nil || out.Attributes["RawMessageDelivery"] != "true" {
		t.Error("the peer's subscription:", out, err)
	}
	_, err = b.AddSubscription(ctx, sns.Subscription{TopicARN: topic, Protocol: "email", Endpoint: "a@example.com"})
	want := "sns: add subscription of a@example.com to " + topic + ": subscription refused: InvalidParameter: Invalid parameter: " +
		"Invalid protocol type: email (the local stage delivers by sqs, lambda, https and http)"
	if !errors.Is(err, sns.ErrSubscription) || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestKeysAreKeptPrivateAndRenewed(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "notify")
	keep := func(c *sns.Config) { c.DataDir = dir }
	read := func(name string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	files := []string{"ca.pem", "ca-key.pem", "signing.pem", "signing-key.pem"}
	texts := func() (out []string) {
		for _, name := range files {
			out = append(out, read(name))
		}
		return out
	}
	if err := setup(t, keep).Close(); err != nil {
		t.Fatal(err)
	}
	first := texts()
	for _, name := range files {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", info.Mode(), err)
	}

	if err := setup(t, keep).Close(); err != nil {
		t.Fatal(err)
	}
	if again := texts(); strings.Join(again, "") != strings.Join(first, "") {
		t.Error("keys were created again without need")
	}

	later := func(c *sns.Config) { c.Clock = clocktest.New(time.Now().Add(360 * 24 * time.Hour)) }
	if err := setup(t, keep, later).Close(); err != nil {
		t.Fatal(err)
	}
	for i, text := range texts() {
		if text == first[i] {
			t.Errorf("%s was kept near its end", files[i])
		}
	}

	second := texts()
	if err := os.WriteFile(filepath.Join(dir, "signing-key.pem"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := setup(t, keep, later).Close(); err != nil {
		t.Fatal(err)
	}
	if third := texts(); third[0] != second[0] || third[2] == second[2] || third[3] == "x" {
		t.Error("a damaged signing key: want the authority kept and the signing pair new")
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	good := sns.Config{Peer: peerURL, EndpointBase: "http://127.0.0.1:4566", DataDir: t.TempDir()}
	for want, change := range map[string]func(*sns.Config){
		`Peer "https://sns.us-east-1.amazonaws.com" is not an http URL of this machine`: func(c *sns.Config) { c.Peer = "https://sns.us-east-1.amazonaws.com" },
		`EndpointBase "" is not an http URL of this machine`:                            func(c *sns.Config) { c.EndpointBase = "" },
		"no DataDir":              func(c *sns.Config) { c.DataDir = "" },
		"retry -1 times every 0s": func(c *sns.Config) { c.Retry.Retries = -1 },
	} {
		c := good
		change(&c)
		_, err := sns.New(c)
		if !errors.Is(err, sns.ErrConfiguration) || err.Error() != "sns: new: configuration refused: "+want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	broken := filepath.Join(t.TempDir(), "notify")
	if err := os.MkdirAll(broken, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(broken, "subscriptions.json"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	good.DataDir = broken
	if _, err := sns.New(good); err == nil || !strings.Contains(err.Error(), filepath.Join(broken, "subscriptions.json")) {
		t.Errorf("error %v for a damaged file", err)
	}
}
