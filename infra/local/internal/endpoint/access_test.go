package endpoint

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	awssecrets "github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/sigv4"
	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
	"github.com/hermes-cdk/hermes/infra/local/internal/kms"
	"github.com/hermes-cdk/hermes/infra/local/internal/secretsmanager"
)

const mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and " +
	"signing method. Consult the service documentation for details."

func TestWrongCredentialsAreRefusedInTheWordsOfTheService(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	unknown, wrong := s.config("AKIANOBODY", "x", ""), s.config("test", "wrong", "")
	issued := s.Issue("r", "f")
	tokenless := s.config(issued.AccessKeyID, issued.SecretAccessKey, "")
	ctx := t.Context()
	tests := []struct {
		name, code, message string
		call                func(aws.Config) error
		config              aws.Config
	}{
		{
			"DynamoDB, unknown key", "UnrecognizedClientException", "The security token included in the request is invalid.",
			func(c aws.Config) error { _, err := dynamodb.NewFromConfig(c).ListTables(ctx, nil); return err }, unknown,
		},
		{
			"DynamoDB, no token", "UnrecognizedClientException", "The security token included in the request is invalid.",
			func(c aws.Config) error { _, err := dynamodb.NewFromConfig(c).ListTables(ctx, nil); return err }, tokenless,
		},
		{
			"DynamoDB, wrong secret", "InvalidSignatureException", mismatch,
			func(c aws.Config) error { _, err := dynamodb.NewFromConfig(c).ListTables(ctx, nil); return err }, wrong,
		},
		{
			"SQS, wrong secret", "SignatureDoesNotMatch", mismatch,
			func(c aws.Config) error { _, err := sqs.NewFromConfig(c).ListQueues(ctx, nil); return err }, wrong,
		},
		{
			"SNS, unknown key", "InvalidClientTokenId", "",
			func(c aws.Config) error { _, err := sns.NewFromConfig(c).ListTopics(ctx, nil); return err }, unknown,
		},
		{
			"S3, unknown key", "InvalidAccessKeyId", "",
			func(c aws.Config) error { _, err := s3.NewFromConfig(c).ListBuckets(ctx, nil); return err }, unknown,
		},
		{
			"S3, wrong secret", "SignatureDoesNotMatch", mismatch,
			func(c aws.Config) error { _, err := s3.NewFromConfig(c).ListBuckets(ctx, nil); return err }, wrong,
		},
		{
			"SES, wrong secret", "InvalidSignatureException", mismatch,
			func(c aws.Config) error { _, err := sesv2.NewFromConfig(c).GetAccount(ctx, nil); return err }, wrong,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wantError(t, tt.call(tt.config), tt.code, tt.message)
		})
	}
}

func TestEveryoneMayAskWhoTheyAre(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	for want, config := range map[string]aws.Config{
		"arn:aws:iam::000000000000:user/test":             s.admin(),
		"arn:aws:sts::000000000000:assumed-role/f-role/f": s.function(t, "f", allow(`{"Effect":"Deny","Action":"*","Resource":"*"}`)),
	} {
		got, err := sts.NewFromConfig(config).GetCallerIdentity(t.Context(), nil)
		if err != nil || *got.Arn != want || *got.Account != "000000000000" {
			t.Errorf("identity = %v, %v, want %s", got, err, want)
		}
	}
}

func TestSecretsAreAuthorizedByTheirWholeARN(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	arn, err := s.secrets.Ensure(secretsmanager.Spec{Name: "key", SecretString: "hidden"})
	must(t, err)
	client := awssecrets.NewFromConfig(s.function(t, "f", allow(`{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"`+arn+`"}`)))
	for _, id := range []string{"key", arn} {
		if got, err := client.GetSecretValue(t.Context(), &awssecrets.GetSecretValueInput{SecretId: &id}); err != nil || *got.SecretString != "hidden" {
			t.Errorf("value by %s: %v", id, err)
		}
	}
	_, err = client.DescribeSecret(t.Context(), &awssecrets.DescribeSecretInput{SecretId: aws.String("key")})
	wantError(t, err, "AccessDeniedException", "User: arn:aws:sts::000000000000:assumed-role/f-role/f is not authorized to perform: "+
		"secretsmanager:DescribeSecret on resource: "+arn+" because no identity-based policy allows the secretsmanager:DescribeSecret action")
}

func TestASecretWithAKeyTakesBoth(t *testing.T) {
	t.Parallel()
	const key = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555"
	keys := kms.Keys{}
	s := newStage(t, func(o *Options) { o.Keys = keys })
	arn, err := s.secrets.Ensure(secretsmanager.Spec{Name: "key", SecretString: "hidden"})
	must(t, err)
	keys[arn] = key
	s.engine.PutResourcePolicy(key, parsePolicy(t, iam.Resource, allow(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"kms:*","Resource":"*",`+
		`"Condition":{"StringEquals":{"kms:ViaService":"secretsmanager.us-east-1.amazonaws.com"}}}`)))
	read := `{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"` + arn + `"}`
	in := &awssecrets.GetSecretValueInput{SecretId: &arn}

	both := awssecrets.NewFromConfig(s.function(t, "both", allow(read+`,{"Effect":"Allow","Action":"kms:Decrypt","Resource":"`+key+`"}`)))
	if got, err := both.GetSecretValue(t.Context(), in); err != nil || *got.SecretString != "hidden" {
		t.Errorf("with both: %v", err)
	}
	_, err = awssecrets.NewFromConfig(s.function(t, "half", allow(read))).GetSecretValue(t.Context(), in)
	wantError(t, err, "AccessDeniedException", "User: arn:aws:sts::000000000000:assumed-role/half-role/half is not authorized to perform: "+
		"kms:Decrypt on resource: "+key+" because no identity-based policy allows the kms:Decrypt action")
}

func TestMailIsAuthorizedByIdentityAndSender(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.mail.Verify("example.com")
	client := sesv2.NewFromConfig(s.function(t, "f", allow(`{"Effect":"Allow","Action":"ses:SendEmail","Resource":"arn:aws:ses:us-east-1:000000000000:identity/example.com",`+
		`"Condition":{"StringEquals":{"ses:FromAddress":"a@example.com"}}}`)))
	send := func(from string) error {
		_, err := client.SendEmail(t.Context(), &sesv2.SendEmailInput{
			FromEmailAddress: &from, Destination: &types.Destination{ToAddresses: []string{"x@y.org", "z@y.org"}},
			Content: &types.EmailContent{Simple: &types.Message{Subject: &types.Content{Data: aws.String("s")}, Body: &types.Body{Text: &types.Content{Data: aws.String("t")}}}},
		})
		return err
	}
	if err := send("A <a@example.com>"); err != nil {
		t.Errorf("send: %v", err)
	}
	wantError(t, send("b@example.com"), "AccessDeniedException", "")
	if n := len(s.mail.Messages("", "")); n != 1 {
		t.Errorf("%d mails in the outbox, want 1", n)
	}
	if items := s.meter.Usage().Items; len(items) != 1 || items[0].Units != 2 || items[0].USD != 0.0002 {
		t.Errorf("usage = %+v, want two recipients", items)
	}
}

func TestAnOperationNobodyKnowsIsForAdministratorsOnly(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	config := s.function(t, "f", allow(`{"Effect":"Allow","Action":"*","Resource":"*"}`))
	_, err := awssecrets.NewFromConfig(config).StopReplicationToReplica(t.Context(), &awssecrets.StopReplicationToReplicaInput{SecretId: aws.String("x")})
	wantError(t, err, "AccessDeniedException", "User: arn:aws:sts::000000000000:assumed-role/f-role/f is not authorized to perform: "+
		"secretsmanager:StopReplicationToReplica because the local stage does not know which permissions this operation needs")
	_, err = awssecrets.NewFromConfig(s.admin()).StopReplicationToReplica(t.Context(), &awssecrets.StopReplicationToReplicaInput{SecretId: aws.String("x")})
	wantError(t, err, "UnknownOperationException", "The local stage has no operation StopReplicationToReplica.")
}

func TestAServiceThatIsNotThereSaysSo(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	_, err := sqs.NewFromConfig(s.admin()).ListQueues(t.Context(), nil)
	wantError(t, err, "NotImplemented", "The local stage has no service sqs.")
	res, err := http.Get(s.url + "/")
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	if body, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusForbidden || !strings.Contains(string(body), "<Code>AccessDenied</Code>") {
		t.Errorf("unsigned = %d %s", res.StatusCode, body)
	}
}

// post signs a post to a socket as a function does, and returns it as the gateway sees it.
func (s *stage) post(t testing.TB, c Credentials, body string) *http.Request {
	t.Helper()
	const path = "/_aws/execute-api/abc/local/@connections/L0SM9cOFvHcCIhw%3D"
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:4566"+path, strings.NewReader(body))
	must(t, err)
	creds := aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}
	must(t, v4.NewSigner().SignHTTP(t.Context(), creds, r, sigv4.HashPayload([]byte(body)), "execute-api", "us-east-1", time.Now()))
	seen := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:4566"+path, strings.NewReader(body))
	seen.Header = r.Header
	return seen
}

const connectionARN = "arn:aws:execute-api:us-east-1:000000000000:abc/local/POST/@connections/L0SM9cOFvHcCIhw="

func (s *stage) deliverer(t testing.TB) Credentials {
	t.Helper()
	s.engine.PutRole("deliver-role", parsePolicy(t, iam.Identity, allow(`{"Effect":"Allow","Action":"execute-api:ManageConnections",`+
		`"Resource":"arn:aws:execute-api:us-east-1:000000000000:abc/local/POST/@connections/*"}`)))
	return s.Issue("deliver-role", "deliver")
}

func TestOtherPartsCanAuthenticateAndAuthorize(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	c := s.deliverer(t)
	caller, err := s.Authenticate(s.post(t, c, "hi"), []byte("hi"))
	want := iam.Caller{ARN: "arn:aws:sts::000000000000:assumed-role/deliver-role/deliver", Role: "deliver-role", Function: "deliver"}
	if err != nil || caller != want {
		t.Errorf("caller = %+v, %v, want %+v", caller, err, want)
	}
	if err := s.Authorize(caller, "execute-api:ManageConnections", connectionARN, nil); err != nil {
		t.Error(err)
	}
	err = s.Authorize(caller, "execute-api:Invoke", connectionARN, nil)
	wire, ok := err.(*wire.Error) //nolint:errorlint // the very type is promised
	if !ok || wire.Status != 403 || wire.Code != "AccessDeniedException" || !strings.HasPrefix(wire.Message, "User: "+want.ARN+" is not authorized to perform: execute-api:Invoke on resource: ") {
		t.Errorf("error = %v", err)
	}
	_, err = s.Authenticate(s.post(t, c, "hi"), []byte("ho"))
	if err == nil || err.Error() != "InvalidSignatureException: "+mismatch {
		t.Errorf("error = %v", err)
	}
	_, err = s.Authenticate(httptest.NewRequest(http.MethodPost, "/", nil), nil)
	if err == nil || err.Error() != "MissingAuthenticationTokenException: Request is missing Authentication Token" {
		t.Errorf("error = %v", err)
	}
}

func TestDeniedCallsAreListed(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := newStage(t, func(o *Options) { o.Now = func() time.Time { return at } })
	for i := range keptDenials + 2 {
		_ = s.Authorize(iam.Caller{ARN: "arn", Role: "r", Function: "f"}, "a:B", strings.Repeat("x", i+1), nil)
	}
	get := func(method string) string {
		w := httptest.NewRecorder()
		s.DeniedHandler().ServeHTTP(w, httptest.NewRequest(method, "/", nil))
		return strings.TrimSpace(w.Body.String())
	}
	var list struct {
		Total  int
		Denied []Denial
	}
	must(t, json.Unmarshal([]byte(get("GET")), &list))
	if list.Total != 1002 || len(list.Denied) != 1000 || len(list.Denied[0].Resource) != 3 || len(list.Denied[999].Resource) != 1002 {
		t.Errorf("total = %d, kept = %d", list.Total, len(list.Denied))
	}
	get("DELETE")
	if got := get("GET"); got != `{"denied":[],"total":0}` {
		t.Errorf("after DELETE = %s", got)
	}
}

// BenchmarkSendMessage is the whole way of a small message: SDK, endpoint, peer.
func BenchmarkSendMessage(b *testing.B) {
	s := newStage(b, nil).withPeers(b)
	client := sqs.NewFromConfig(s.admin())
	queue := makeQueue(b, client, "bench")
	b.ReportAllocs()
	for b.Loop() {
		_, err := client.SendMessage(b.Context(), &sqs.SendMessageInput{QueueUrl: queue, MessageBody: aws.String("x")})
		must(b, err)
	}
}

func BenchmarkAuthenticateAndAuthorize(b *testing.B) {
	s := newStage(b, nil)
	c := s.deliverer(b)
	body := strings.Repeat("x", 300)
	r := s.post(b, c, body)
	b.ReportAllocs()
	for b.Loop() {
		caller, err := s.Authenticate(r, []byte(body))
		if err == nil {
			err = s.Authorize(caller, "execute-api:ManageConnections", connectionARN, nil)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
