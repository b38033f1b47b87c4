package client

import (
	"strings"
	"testing"
	"time"
)

// unusedTable is a client of DynamoDB that a test expects not to be called.
type unusedTable struct{ TokensClient }

func TestNewTokenIssuerRefuses(t *testing.T) {
	t.Parallel()
	keys := &Keys{SigningKey: testKeys.SigningKey}
	tests := []struct {
		name string
		cfg  TokenIssuerConfig
		want error
		text string
	}{
		{
			"nothing at all, and says all of it",
			TokenIssuerConfig{},
			ErrConfig,
			"client: new token issuer: invalid configuration: DynamoDB is nil\n" +
				"invalid configuration: Table is empty\n" +
				`invalid configuration: neither Keys nor Secrets with SecretARN ("") are given`,
		},
		{
			"a secret's ARN without a client",
			TokenIssuerConfig{DynamoDB: unusedTable{}, Table: "t", SecretARN: "arn"},
			ErrConfig,
			`client: new token issuer: invalid configuration: neither Keys nor Secrets with SecretARN ("arn") are given`,
		},
		{
			"keys beside a secret",
			TokenIssuerConfig{DynamoDB: unusedTable{}, Table: "t", Keys: keys, SecretARN: "arn"},
			ErrConfig,
			`client: new token issuer: invalid configuration: both Keys and a secret (SecretARN "arn") are given`,
		},
		{
			"a short key",
			TokenIssuerConfig{DynamoDB: unusedTable{}, Table: "t", Keys: &Keys{SigningKey: "short"}},
			ErrKeys,
			"client: new token issuer: unusable signing keys: signing_key has 5 bytes, at least 32 are required",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := NewTokenIssuer(tt.cfg)
			expectError(t, err, tt.want, tt.text)
		})
	}
}

func TestNewPublisherRefuses(t *testing.T) {
	t.Parallel()
	many := map[string]string{}
	for _, name := range strings.Split("abcdefghijk", "") {
		many[name] = "x"
	}
	tests := []struct {
		name   string
		sender BatchSender
		url    string
		opt    PublisherOption
		text   string
	}{
		{"no client", nil, "url", WithMaxAttempts(1), "the SQS client is nil"},
		{"no queue", &fakeQueue{}, "", WithMaxAttempts(1), "the queue URL is empty"},
		{"no attempt", &fakeQueue{}, "url", WithMaxAttempts(0), "0 attempts, at least 1 is needed"},
		{"a back-off that shrinks", &fakeQueue{}, "url", WithBackoff(time.Second, time.Millisecond), "a back-off of 1s up to 1ms"},
		{"an empty attribute", &fakeQueue{}, "url", WithAttributes(map[string]string{"a": ""}), `attribute "a" has the value "", neither may be empty`},
		{"eleven attributes", &fakeQueue{}, "url", WithAttributes(many), "11 attributes, at most 10 are allowed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := NewPublisher(tt.sender, tt.url, tt.opt)
			expectError(t, err, ErrConfig, "client: new publisher: invalid configuration: "+tt.text)
		})
	}
}

func TestIssuerOptions(t *testing.T) {
	t.Parallel()
	c := newClock()
	issuer, err := NewTokenIssuer(
		TokenIssuerConfig{DynamoDB: unusedTable{}, Table: "t", Secrets: &fakeSecrets{}, SecretARN: "arn"},
		WithClassicSecondFactor(), WithSecretMaxAge(time.Hour), WithIssuerClock(c.now), WithIssuerRandom(strings.NewReader("")),
	)
	if err != nil {
		t.Fatal(err)
	}
	if !issuer.classic || issuer.keys.(*secretKeys).maxAge != time.Hour || !issuer.now().Equal(c.at) {
		t.Errorf("the issuer is %+v", issuer)
	}
	if _, err := newFactor(issuer.random); err == nil {
		t.Error("the issuer has another source of randomness")
	}
}

func TestIssuerDefaults(t *testing.T) {
	t.Parallel()
	issuer, err := NewTokenIssuer(TokenIssuerConfig{DynamoDB: unusedTable{}, Table: "t", Secrets: &fakeSecrets{}, SecretARN: "arn"})
	if err != nil {
		t.Fatal(err)
	}
	if issuer.classic || issuer.cost != 10 || issuer.keys.(*secretKeys).maxAge != time.Minute || time.Since(issuer.now()) > time.Minute {
		t.Errorf("the issuer is %+v", issuer)
	}
}
