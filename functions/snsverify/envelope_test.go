package snsverify_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/snsverify"
)

func TestVerifyReturnsTheTypedMessage(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 4, 11, 59, 58, 655e6, time.UTC)
	common := func(typ snsverify.Type, text string, version int) snsverify.Common {
		return snsverify.Common{
			Type: typ, MessageID: testID, TopicARN: testTopic, Message: text, Timestamp: at, SignatureVersion: version,
		}
	}
	const hello, chosen = "Hello\nworld \"€😀\"", "You have chosen."
	attributes := map[string]any{"kind": map[string]string{"Type": "String", "Value": "budget"}}
	for name, c := range map[string]struct {
		document document
		want     snsverify.Message
	}{
		"a notification with a subject": {
			notification(pair{"Subject", "Hi"}),
			&snsverify.Notification{Common: common(snsverify.TypeNotification, hello, 2), Subject: "Hi"},
		},
		"a notification without a subject": {
			notification(), &snsverify.Notification{Common: common(snsverify.TypeNotification, hello, 2)},
		},
		"a notification signed by SHA-1": {
			notification().with("SignatureVersion", "1"),
			&snsverify.Notification{Common: common(snsverify.TypeNotification, hello, 1)},
		},
		"a notification with attributes": {
			notification(pair{"MessageAttributes", attributes}),
			&snsverify.Notification{
				Common:             common(snsverify.TypeNotification, hello, 2),
				UnsignedAttributes: map[string]snsverify.Attribute{"kind": {Type: "String", Value: "budget"}},
			},
		},
		"a record of a Lambda event": {
			notification(pair{"Subject", nil}, pair{"MessageAttributes", map[string]any{}}).
				renamed("SigningCertURL", "SigningCertUrl").renamed("UnsubscribeURL", "UnsubscribeUrl"),
			&snsverify.Notification{Common: common(snsverify.TypeNotification, hello, 2)},
		},
		"a notification with a field of the future": {
			notification(pair{"SequenceNumber", "1"}), &snsverify.Notification{Common: common(snsverify.TypeNotification, hello, 2)},
		},
		"a notification with an empty text": {
			notification().with("Message", ""), &snsverify.Notification{Common: common(snsverify.TypeNotification, "", 2)},
		},
		"a subscription confirmation": {
			confirmation("SubscriptionConfirmation"),
			&snsverify.SubscriptionConfirmation{Common: common(snsverify.TypeSubscriptionConfirmation, chosen, 2), Token: testToken},
		},
		"a subscription confirmation in the other spelling": {
			confirmation("SubscriptionConfirmation").renamed("SubscribeURL", "SubscribeUrl").renamed("SigningCertURL", "SigningCertUrl"),
			&snsverify.SubscriptionConfirmation{Common: common(snsverify.TypeSubscriptionConfirmation, chosen, 2), Token: testToken},
		},
		"an unsubscribe confirmation": {
			confirmation("UnsubscribeConfirmation"),
			&snsverify.UnsubscribeConfirmation{Common: common(snsverify.TypeUnsubscribeConfirmation, chosen, 2), Token: testToken},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := setup(t).verify(t, c.document.signed(testKey()).json())
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
			if got.Signed() != reflect.ValueOf(c.want).Elem().Field(0).Interface() {
				t.Errorf("Signed() = %+v", got.Signed())
			}
		})
	}
}

// Each document is signed as it stands, so that nothing but the rule under test refuses it.
func TestEnvelopeRules(t *testing.T) {
	t.Parallel()
	subscribe := confirmation("SubscriptionConfirmation")
	for name, c := range map[string]struct {
		document document
		want     string
	}{
		"Type unknown":                 {notification().with("Type", "Announcement"), `unknown Type "Announcement"`},
		"Type in another case":         {notification().with("Type", "notification"), `unknown Type "notification"`},
		"Type missing":                 {notification().without("Type"), "no Type"},
		"MessageId missing":            {notification().without("MessageId"), "Notification without MessageId"},
		"TopicArn missing":             {notification().without("TopicArn"), "Notification without TopicArn"},
		"Message missing":              {notification().without("Message"), "Notification without Message"},
		"Timestamp missing":            {notification().without("Timestamp"), "Notification without Timestamp"},
		"SignatureVersion missing":     {notification().without("SignatureVersion"), "Notification without SignatureVersion"},
		"SigningCertURL missing":       {notification().without("SigningCertURL"), "Notification without SigningCertURL"},
		"Token missing":                {subscribe.without("Token"), "SubscriptionConfirmation without Token"},
		"Token empty":                  {subscribe.with("Token", ""), "empty Token"},
		"SubscribeURL missing":         {subscribe.without("SubscribeURL"), "SubscriptionConfirmation without SubscribeURL"},
		"Token in a notification":      {notification(pair{"Token", "x"}), "Notification with Token"},
		"SubscribeURL in one":          {notification(pair{"SubscribeURL", "x"}), "Notification with SubscribeURL"},
		"Subject in a confirmation":    {subscribe.with("Subject", "x"), "SubscriptionConfirmation with Subject"},
		"attributes in a confirmation": {subscribe.with("MessageAttributes", map[string]any{}), "SubscriptionConfirmation with MessageAttributes"},
		"unsubscribing URL in one":     {subscribe.with("UnsubscribeURL", "x"), "SubscriptionConfirmation with UnsubscribeURL"},
		"MessageId not a UUID":         {notification().with("MessageId", "1"), `MessageId "1" is not a UUID`},
		"MessageId in upper case":      {notification().with("MessageId", strings.ToUpper(testID)), `MessageId "22B80B92-FDEA-5C2C-8F9D-BDFB0C7BF324" is not a UUID`},
		"MessageId in braces":          {notification().with("MessageId", "{"+testID+"}"), `MessageId "{22b80b92-fdea-5c2c-8f9d-bdfb0c7bf324}" is not a UUID`},
		"MessageId without dashes":     {notification().with("MessageId", "22b80b92xfdeax5c2cx8f9dxbdfb0c7bf324"), `MessageId "22b80b92xfdeax5c2cx8f9dxbdfb0c7bf324" is not a UUID`},
		"Timestamp with an offset":     {notification().with("Timestamp", "2026-05-04T11:59:58.655+00:00"), `Timestamp "2026-05-04T11:59:58.655+00:00" is not 2006-01-02T15:04:05.000Z`},
		"Timestamp to the second":      {notification().with("Timestamp", "2026-05-04T11:59:58Z"), `Timestamp "2026-05-04T11:59:58Z" is not 2006-01-02T15:04:05.000Z`},
		"Timestamp to the microsecond": {notification().with("Timestamp", "2026-05-04T11:59:58.655000Z"), `Timestamp "2026-05-04T11:59:58.655000Z" is not 2006-01-02T15:04:05.000Z`},
		"Timestamp with a comma":       {notification().with("Timestamp", "2026-05-04T11:59:58,655Z"), `Timestamp "2026-05-04T11:59:58,655Z" is not 2006-01-02T15:04:05.000Z`},
		"Timestamp on no day":          {notification().with("Timestamp", "2026-02-30T11:59:58.655Z"), `Timestamp "2026-02-30T11:59:58.655Z" is not 2006-01-02T15:04:05.000Z`},
		"Timestamp at hour 24":         {notification().with("Timestamp", "2026-05-04T24:00:00.000Z"), `Timestamp "2026-05-04T24:00:00.000Z" is not 2006-01-02T15:04:05.000Z`},
		"newline in Subject":           {notification(pair{"Subject", "a\nb"}), `newline in Subject "a\nb"`},
		"newline in Token":             {subscribe.with("Token", "a\nb"), `newline in Token "a\nb"`},
		"newline in SubscribeURL":      {subscribe.with("SubscribeURL", "a\nb"), `newline in SubscribeURL "a\nb"`},
		"newline in TopicArn":          {notification().with("TopicArn", "a\nb"), `newline in TopicArn "a\nb"`},
		"newline in MessageId":         {notification().with("MessageId", testID+"\n"), `newline in MessageId "` + testID + `\n"`},
		"newline in UnsubscribeURL":    {notification().with("UnsubscribeURL", "a\nb"), `newline in UnsubscribeURL "a\nb"`},
		"a number for Message":         {notification().with("Message", 1), `want a string at byte 147, not "1,\"Timestamp\" : \"202"`},
		"null for Message":             {notification().with("Message", nil), `want a string at byte 147, not "null,\"Timestamp\" : \""`},
		"an object for Message":        {notification().with("Message", map[string]string{}), `want a string at byte 147, not "{},\"Timestamp\" : \"20"`},
		"a number in a future field":   {notification(pair{"SequenceNumber", 1}), ""},
		"attributes as text":           {notification(pair{"MessageAttributes", "{}"}), ""},
		"an attribute as text":         {notification(pair{"MessageAttributes", map[string]string{"a": "b"}}), ""},
		"an attribute without value":   {notification(pair{"MessageAttributes", map[string]any{"a": map[string]string{"Type": "String"}}}), `attribute "a" lacks Type or Value`},
		"an attribute with more":       {notification(pair{"MessageAttributes", map[string]any{"a": map[string]string{"Kind": "String"}}}), `attribute "a" has key "Kind" twice or unknown`},
		"a key in another case":        {notification(pair{"message", "forged"}), `key "message" for Message`},
		"a key in a folded letter":     {notification(pair{"Meſſage", "forged"}), `key "Meſſage" for Message`},
		"a key twice":                  {notification(pair{"Message", "forged"}), `key "Message" twice`},
		"both spellings of a key":      {notification(pair{"SigningCertUrl", testCertURL}), `key "SigningCertUrl" twice`},
		"a null subject and another":   {notification(pair{"Subject", nil}, pair{"Subject", "x"}), `key "Subject" twice`},
		"a future key twice":           {notification(pair{"Later", "1"}, pair{"Later", "2"}), `key "Later" twice`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			wantRefusal(t, b, c.document.signed(testKey()).json(), snsverify.ErrEnvelope, c.want)
			wantFetches(t, b, 0)
		})
	}
}

func TestBodyRules(t *testing.T) {
	t.Parallel()
	good := string(notification().signed(testKey()).json())
	for name, body := range map[string]string{
		"empty":                       "",
		"white space":                 " \n",
		"null":                        "null",
		"an array":                    "[" + good + "]",
		"a string":                    `"x"`,
		"two objects":                 good + good,
		"text after the object":       good + "x",
		"a byte order mark":           "\ufeff" + good,
		"no closing brace":            strings.TrimSuffix(good, "}"),
		"a comma at the end":          strings.TrimSuffix(good, "}") + ",}",
		"no comma":                    strings.Replace(good, ",", " ", 1),
		"no colon":                    strings.Replace(good, ":", " ", 1),
		"an unquoted key":             strings.Replace(good, `"Type"`, "Type", 1),
		"single quotes":               strings.Replace(good, `"Type"`, "'Type'", 1),
		"a comment":                   strings.Replace(good, "{", "{/* */", 1),
		"a raw newline in a string":   strings.Replace(good, `Hello\n`, "Hello\n", 1),
		"an unknown escape":           strings.Replace(good, `Hello\n`, `Hello\x`, 1),
		"an escape without digits":    strings.Replace(good, `Hello\n`, `Hello\u00g0`, 1),
		"half a surrogate pair":       strings.Replace(good, `Hello\n`, `Hello\ud83d`, 1),
		"a pair in the wrong order":   strings.Replace(good, `Hello\n`, `Hello\ude00\ud83d`, 1),
		"half a pair, then an escape": strings.Replace(good, `Hello\n`, `Hello\ud83d\n`, 1),
		"bytes that are not UTF-8":    strings.Replace(good, `Hello\n`, "Hello\xff", 1),
		"an overlong encoding":        strings.Replace(good, `Hello\n`, "Hello\xc0\xaf", 1),
		"the end within an escape":    `{"Type":"Noti\`,
		"the end within a string":     `{"Type":"Noti`,
		"an attribute twice": strings.TrimSuffix(good, "}") +
			`,"MessageAttributes":{"a":{"Type":"String","Value":"1"},"a":{"Type":"String","Value":"2"}}}`,
		"an attribute's type twice": strings.TrimSuffix(good, "}") +
			`,"MessageAttributes":{"a":{"Type":"String","Type":"String","Value":"1"}}}`,
		"an attribute's value twice": strings.TrimSuffix(good, "}") +
			`,"MessageAttributes":{"a":{"Type":"String","Value":"1","Value":"2"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if body == good {
				t.Fatal("the case changes nothing")
			}
			b := setup(t)
			wantRefusal(t, b, []byte(body), snsverify.ErrEnvelope, "")
			wantFetches(t, b, 0)
		})
	}
}

func TestValuesAreSignedAsUnescaped(t *testing.T) {
	t.Parallel()
	document := notification().with("Message", "a/b\"c\\d\b\f\n\r\t€😀\u2028").signed(testKey())
	body := bytes.Replace(document.json(), []byte(`a/b`), []byte(`\u0061\/\u0062`), 1)
	body = bytes.Replace(body, []byte("😀"), []byte(`\ud83d\ude00`), 1)
	if bytes.Equal(body, document.json()) || !bytes.Contains(body, []byte(`\ude00`)) {
		t.Fatal("the escapes are not in the body")
	}
	got, err := setup(t).verify(t, body)
	if err != nil {
		t.Fatal(err)
	}
	if want := "a/b\"c\\d\b\f\n\r\t€😀\u2028"; got.Signed().Message != want {
		t.Errorf("Message = %q, want %q", got.Signed().Message, want)
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	body := notification().signed(testKey()).json()
	b := setup(t, snsverify.WithMaxBytes(int64(len(body))))
	if _, err := b.verify(t, body); err != nil {
		t.Errorf("a body of the limit: %v", err)
	}
	b = setup(t, snsverify.WithMaxBytes(100))
	wantRefusal(t, b, bytes.Repeat([]byte(" "), 101), snsverify.ErrTooLarge, "101 bytes, at most 100 are allowed")
}

// wantRefusal wants the error to be of kind and, unless it is empty, to end in detail.
func wantRefusal(t *testing.T, b *bundle, body []byte, kind error, detail string) {
	t.Helper()
	message, err := b.verify(t, body)
	if message != nil || !errors.Is(err, kind) {
		t.Fatalf("got %v and error %v, want %v", message, err, kind)
	}
	if want := "snsverify: verify: " + kind.Error() + ": " + detail; detail != "" && err.Error() != want {
		t.Errorf("error\n  %s\nwant\n  %s", err, want)
	}
	for _, other := range []error{
		snsverify.ErrTooLarge, snsverify.ErrEnvelope, snsverify.ErrHeader, snsverify.ErrVersion, snsverify.ErrTopic, snsverify.ErrAge,
		snsverify.ErrCertificateURL, snsverify.ErrCertificate, snsverify.ErrSignature, snsverify.ErrFetch,
	} {
		if other != kind && errors.Is(err, other) {
			t.Errorf("error %v is also of kind %v", err, other)
		}
	}
}

func wantFetches(t *testing.T, b *bundle, n int) {
	t.Helper()
	if urls := b.wire.fetched(); len(urls) != n {
		t.Errorf("fetched %q, want %d fetches", urls, n)
	}
}
