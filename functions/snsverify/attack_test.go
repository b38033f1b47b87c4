package snsverify_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/snsverify"
)

// A body whose fields are cut otherwise can have the string to sign of a genuine one. Each case below does, which the
// test checks, so that the signature verifies and only the rule on newlines stands in the way.
func TestFieldShift(t *testing.T) {
	t.Parallel()
	const otherID = "00000000-0000-4000-8000-000000000000"
	subscribe := confirmation("SubscriptionConfirmation")
	url, _ := subscribe.get("SubscribeURL")
	for name, c := range map[string]struct{ genuine, forged document }{
		"Subject moved into MessageId": {
			notification(pair{"Subject", "Budget exceeded"}),
			notification().with("MessageId", testID+"\nSubject\nBudget exceeded"),
		},
		"the tail of Message read as MessageId and Subject": { // whoever can get text published could choose both
			notification().with("Message", "Hi\nMessageId\n"+otherID+"\nSubject\nPay now"),
			notification(pair{"Subject", "Pay now\nMessageId\n" + testID}).with("Message", "Hi").with("MessageId", otherID),
		},
		"MessageId moved into SubscribeURL": {
			subscribe.with("Message", "Hi\nMessageId\n"+otherID+"\nSubscribeURL\nhttps://example.com"),
			subscribe.with("Message", "Hi").with("MessageId", otherID).
				with("SubscribeURL", "https://example.com\nMessageId\n"+testID+"\nSubscribeURL\n"+url),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.genuine.stringToSign() != c.forged.stringToSign() {
				t.Fatalf("the strings to sign differ:\n%q\n%q", c.genuine.stringToSign(), c.forged.stringToSign())
			}
			signature, _ := c.genuine.signed(testKey()).get("Signature")
			if _, err := setup(t).verify(t, c.genuine.with("Signature", signature).json()); err != nil {
				t.Fatal("the genuine message:", err)
			}
			wantRefusal(t, setup(t), c.forged.with("Signature", signature).json(), snsverify.ErrEnvelope, "")
		})
	}
}

func TestCertificateURLIsDerived(t *testing.T) {
	t.Parallel()
	const file = "/SimpleNotificationService-" + testName + ".pem"
	for name, url := range map[string]string{
		"another host":                          "https://example.com" + file,
		"a bucket whose name begins with sns":   "https://sns.s3-us-west-2.amazonaws.com" + file,
		"a bucket in path style":                "https://s3.eu-west-1.amazonaws.com/sns.eu-west-1.amazonaws.com" + file,
		"a bucket named like the host":          "https://sns.eu-west-1.amazonaws.com.s3.amazonaws.com" + file,
		"any host under amazonaws.com":          "https://evil.execute-api.eu-west-1.amazonaws.com" + file,
		"the host as a prefix":                  testHost + ".example.com" + file,
		"the host as a suffix":                  "https://evilsns.eu-west-1.amazonaws.com" + file,
		"another region":                        "https://sns.us-east-1.amazonaws.com" + file,
		"another partition":                     testHost + ".cn" + file,
		"no region":                             "https://sns.amazonaws.com" + file,
		"the signing name as host":              "https://sns-signing.eu-west-1.amazonaws.com" + file,
		"http":                                  "http://sns.eu-west-1.amazonaws.com" + file,
		"an upper-case scheme":                  "HTTPS://sns.eu-west-1.amazonaws.com" + file,
		"an upper-case host":                    "https://SNS.eu-west-1.amazonaws.com" + file,
		"no scheme":                             "//sns.eu-west-1.amazonaws.com" + file,
		"a file":                                "file://" + file,
		"the usual port":                        testHost + ":443" + file,
		"another port":                          testHost + ":8443" + file,
		"an empty port":                         testHost + ":" + file,
		"a user":                                "https://user@sns.eu-west-1.amazonaws.com" + file,
		"the host as user":                      testHost + "@example.com" + file,
		"a password":                            "https://user:secret@sns.eu-west-1.amazonaws.com" + file,
		"a query":                               testCertURL + "?x=1",
		"a query that ends like the file":       testHost + "/?x=" + file,
		"a redirecting query":                   testHost + "/?Action=x&x=" + file[1:],
		"an empty query":                        testCertURL + "?",
		"a fragment":                            testCertURL + "#x",
		"a fragment that ends like the file":    testHost + "/x#" + file,
		"another folder":                        testHost + "/x" + file,
		"a dot segment":                         testHost + "/." + file,
		"two slashes":                           testHost + "/" + file,
		"a backslash":                           testHost + `\` + file[1:],
		"an escaped letter":                     testHost + strings.Replace(file, "S", "%53", 1),
		"a trailing dot in the host":            testHost + "." + file,
		"a trailing space":                      testCertURL + " ",
		"a leading space":                       " " + testCertURL,
		"a tab within":                          strings.Replace(testCertURL, "sns.", "sns\t.", 1),
		"a NUL at the end":                      testCertURL + "\x00",
		"a letter of another alphabet":          strings.Replace(testCertURL, "sns", "ѕns", 1),
		"31 digits":                             testHost + file[:len(file)-5] + ".pem",
		"33 digits":                             strings.Replace(testCertURL, ".pem", "0.pem", 1),
		"upper-case digits":                     strings.Replace(testCertURL, testName, strings.ToUpper(testName), 1),
		"a letter among the digits":             strings.Replace(testCertURL, testName, "g"+testName[1:], 1),
		"another extension":                     strings.Replace(testCertURL, ".pem", ".crt", 1),
		"an upper-case extension":               strings.Replace(testCertURL, ".pem", ".PEM", 1),
		"another file":                          testHost + "/SimpleNotificationServices-" + testName + ".pem",
		"the digits alone":                      testName + ".pem",
		"nothing":                               "",
		"data":                                  "data:," + file,
		"two hosts":                             testHost + "," + testCertURL,
		"the AWS-owned name of another service": "https://sqs.eu-west-1.amazonaws.com" + file,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			wantRefusal(t, b, notification().with("SigningCertURL", url).signed(testKey()).json(), snsverify.ErrCertificateURL, "")
			wantFetches(t, b, 0)
		})
	}
	t.Run("the message says what was wrong", func(t *testing.T) {
		t.Parallel()
		url := "https://sns.us-east-1.amazonaws.com" + file
		wantRefusal(t, setup(t), notification().with("SigningCertURL", url).sent(), snsverify.ErrCertificateURL,
			fmt.Sprintf("%q is not %s", url, testCertURL))
	})
}

// sent is d signed and written.
func (d document) sent() []byte { return d.signed(testKey()).json() }

func TestOnlyTheDerivedURLIsFetched(t *testing.T) {
	t.Parallel()
	// Every URL that a message can carry is refused or fetched; none but the certificate's is ever fetched.
	for _, d := range []document{
		notification(), confirmation("SubscriptionConfirmation"), confirmation("UnsubscribeConfirmation"),
	} {
		b := setup(t)
		if _, err := b.verify(t, d.sent()); err != nil {
			t.Fatal(err)
		}
		if got := b.wire.fetched(); len(got) != 1 || got[0] != testCertURL {
			t.Errorf("fetched %q, want %q alone", got, testCertURL)
		}
	}
}

func TestTopicsArePinned(t *testing.T) {
	t.Parallel()
	for _, arn := range []string{
		"arn:aws:sns:eu-west-1:123456789012:alerts2", "arn:aws:sns:eu-west-1:999999999999:alerts", "arn:aws:sns:us-east-1:123456789012:alerts",
		"arn:aws:sns:eu-west-1:123456789012:Alerts", testTopic + ":c9135db0-26c4-47ec-8998-413945fb5a96", testTopic + " ", "*", "",
	} {
		b := setup(t)
		wantRefusal(t, b, notification().with("TopicArn", arn).sent(), snsverify.ErrTopic, fmt.Sprintf("%q is not pinned", arn))
		wantFetches(t, b, 0)
	}
}

func TestHeaderMustNotContradict(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header http.Header
		want   string
	}{
		"none":                       {nil, ""},
		"all right":                  {header("Notification", testID, testTopic), ""},
		"another type":               {header("SubscriptionConfirmation", testID, testTopic), `X-Amz-Sns-Message-Type is "SubscriptionConfirmation", Type is "Notification"`},
		"a type in another case":     {header("notification", testID, testTopic), `X-Amz-Sns-Message-Type is "notification", Type is "Notification"`},
		"another id":                 {header("Notification", "x", testTopic), `X-Amz-Sns-Message-Id is "x", MessageId is "` + testID + `"`},
		"another topic":              {header("Notification", testID, "x"), `X-Amz-Sns-Topic-Arn is "x", TopicArn is "` + testTopic + `"`},
		"another type in lower case": {http.Header{"x-amz-sns-message-type": {"x"}}, `X-Amz-Sns-Message-Type is "x", Type is "Notification"`},
		"two spellings of a name":    {http.Header{"x-amz-sns-message-type": {"Notification"}, snsverify.HeaderMessageType: {"Notification"}}, "X-Amz-Sns-Message-Type comes 2 times"},
		"two types, one is right":    {http.Header{snsverify.HeaderMessageType: {"Notification", "x"}}, "X-Amz-Sns-Message-Type comes 2 times"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			_, err := b.Verify(context.Background(), notification().sent(), c.header)
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if want := "snsverify: verify: header refused: " + c.want; !errors.Is(err, snsverify.ErrHeader) || err.Error() != want {
				t.Errorf("error %v, want %s", err, want)
			}
			wantFetches(t, b, 0)
		})
	}
}

func header(typ, id, topic string) http.Header {
	h := http.Header{}
	h.Set("x-amz-sns-message-type", typ)
	h.Set("x-amz-sns-message-id", id)
	h.Set("x-amz-sns-topic-arn", topic)
	return h
}

func TestSignatureVersions(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"", "0", "3", "01", "2 ", "+2", "1.0"} {
		b := setup(t)
		wantRefusal(t, b, notification().with("SignatureVersion", version).sent(), snsverify.ErrVersion,
			fmt.Sprintf("unknown SignatureVersion %q", version))
		wantFetches(t, b, 0)
	}
	b := setup(t, snsverify.WithMinVersion(2))
	wantRefusal(t, b, notification().with("SignatureVersion", "1").sent(), snsverify.ErrVersion, "version 1, at least 2 is wanted")
	wantFetches(t, b, 0)
	if _, err := b.verify(t, notification().sent()); err != nil {
		t.Error("version 2:", err)
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) []byte {
		return notification().with("Timestamp", testNow.Add(d).Format("2006-01-02T15:04:05.000Z")).sent()
	}
	b := setup(t, snsverify.WithMaxAge(time.Hour))
	for _, d := range []time.Duration{0, -time.Hour, snsverify.ClockSkew} {
		if _, err := b.verify(t, at(d)); err != nil {
			t.Errorf("at %s: %v", d, err)
		}
	}
	b = setup(t, snsverify.WithMaxAge(time.Hour))
	wantRefusal(t, b, at(-time.Hour-time.Millisecond), snsverify.ErrAge,
		"Timestamp 2026-05-04T10:59:59.999Z is 1h0m0.001s old, at most 1h0m0s is allowed")
	wantRefusal(t, b, at(snsverify.ClockSkew+time.Millisecond), snsverify.ErrAge,
		"Timestamp 2026-05-04T12:05:00.001Z is -5m0.001s old, at most 1h0m0s is allowed")
	wantFetches(t, b, 0)
	if _, err := setup(t).verify(t, at(-10*365*24*time.Hour)); err != nil {
		t.Error("any age is allowed unless asked for:", err)
	}
}

func TestSignatureMustVerify(t *testing.T) {
	t.Parallel()
	good := notification(pair{"Subject", "Hi"}).signed(testKey())
	signature, _ := good.get("Signature")
	raw, _ := base64.StdEncoding.DecodeString(signature)
	subscribe := confirmation("UnsubscribeConfirmation").signed(testKey())
	for name, d := range map[string]document{
		"Message changed":                    good.with("Message", "x"),
		"MessageId changed":                  good.with("MessageId", "32b80b92-fdea-5c2c-8f9d-bdfb0c7bf324"),
		"Timestamp changed":                  good.with("Timestamp", "2026-05-04T11:59:58.656Z"),
		"Subject changed":                    good.with("Subject", "hi"),
		"Subject dropped":                    good.without("Subject"),
		"Subject made null":                  good.with("Subject", nil),
		"Subject emptied":                    good.with("Subject", ""),
		"an empty Subject added":             notification().signed(testKey()).with("Subject", ""),
		"SHA-1 claimed for SHA-256":          good.with("SignatureVersion", "1"),
		"SHA-256 claimed for SHA-1":          good.with("SignatureVersion", "1").signed(testKey()).with("SignatureVersion", "2"),
		"signed by another key":              notification().signed(otherKey()),
		"Token changed":                      subscribe.with("Token", "x"),
		"SubscribeURL changed":               subscribe.with("SubscribeURL", testHost+"/?Action=ConfirmSubscription"),
		"a confirmation of the other kind":   subscribe.with("Type", "SubscriptionConfirmation"),
		"a confirmation signed less Token":   subscribe.with("Signature", sign(confirmation("UnsubscribeConfirmation").without("Token"))),
		"no signature":                       good.with("Signature", ""),
		"a short signature":                  good.with("Signature", base64.StdEncoding.EncodeToString(raw[:255])),
		"a long signature":                   good.with("Signature", base64.StdEncoding.EncodeToString(append([]byte{0}, raw...))),
		"a huge signature":                   good.with("Signature", strings.Repeat("A", 100_000)),
		"zeros":                              good.with("Signature", base64.StdEncoding.EncodeToString(make([]byte, 256))),
		"base64 of URLs":                     good.with("Signature", base64.URLEncoding.EncodeToString([]byte(strings.Repeat("\xff", 256)))),
		"base64 without padding":             good.with("Signature", strings.TrimRight(signature, "=")),
		"base64 with a carriage return":      good.with("Signature", signature[:8]+"\r"+signature[9:]),
		"base64 with a carriage return more": good.with("Signature", signature[:8]+"\r"+signature[8:]),
		"base64 with spare bits in the last": good.with("Signature", spareBits(signature)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantRefusal(t, setup(t), d.json(), snsverify.ErrSignature, "")
		})
	}
}

// spareBits changes the bits of the last character that no byte takes.
func spareBits(signature string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	end := strings.IndexByte(signature, '=')
	last := strings.IndexByte(alphabet, signature[end-1])
	return signature[:end-1] + string(alphabet[last|1]) + signature[end:]
}

func sign(d document) string {
	signature, _ := d.signed(testKey()).get("Signature")
	return signature
}
