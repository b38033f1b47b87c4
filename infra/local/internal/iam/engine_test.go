package iam

import (
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	tableARN = "arn:aws:dynamodb:us-east-1:000000000000:table/Rooms"
	queueARN = "arn:aws:sqs:us-east-1:000000000000:Intake"
	topicARN = "arn:aws:sns:us-east-1:000000000000:Alerts"
	keyARN   = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555"
)

func send() Caller {
	return Caller{ARN: "arn:aws:sts::000000000000:assumed-role/SendRole/send", Role: "SendRole", Function: "send"}
}

func newTestEngine() *Engine {
	return NewEngine("000000000000", "us-east-1", func() time.Time {
		return time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	})
}

func mustParse(t testing.TB, source string, kind Kind, document string) Policy {
	t.Helper()
	p, err := parseJSON(source, kind, document)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// one wraps a statement into a document.
func one(statement string) string {
	return `{"Version":"2012-10-17","Statement":` + statement + `}`
}

func TestAuthorize(t *testing.T) {
	t.Parallel()
	const allowQuery = `{"Effect":"Allow","Action":"dynamodb:Query","Resource":"` + tableARN + `"}`
	get := Request{Caller: send(), Action: "dynamodb:Query", Resource: tableARN}
	sns := Caller{Service: "sns.amazonaws.com"}
	const allowDecrypt = `{"Effect":"Allow","Action":"kms:Decrypt","Resource":"` + keyARN + `"}`
	const handOver = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"kms:*","Resource":"*"}`
	decrypt := Request{Caller: send(), Action: "kms:Decrypt", Resource: keyARN, Context: map[string][]string{"kms:ViaService": {"sqs.us-east-1.amazonaws.com"}}}
	noDecrypt := Decision{Reason: "User: arn:aws:sts::000000000000:assumed-role/SendRole/send is not authorized to perform: kms:Decrypt " +
		"on resource: " + keyARN + " because no identity-based policy allows the kms:Decrypt action"}
	notHandedOver := Decision{Reason: strings.Replace(noDecrypt.Reason, "identity-based", "resource-based", 1)}
	tests := []struct {
		name     string
		identity string
		resource string // policy of the request's resource
		request  Request
		want     Decision
	}{
		{
			name:    "the administrator may do everything",
			request: Request{Caller: Caller{Admin: true}, Action: "dynamodb:DeleteTable", Resource: tableARN},
			want:    Decision{Allowed: true},
		},
		{
			name: "an identity policy that names action and resource allows", identity: allowQuery,
			request: get, want: Decision{Allowed: true},
		},
		{
			name: "the case of an action does not matter", identity: strings.Replace(allowQuery, "dynamodb:Query", "DynamoDB:query", 1),
			request: get, want: Decision{Allowed: true},
		},
		{
			name: "a key's policy hands over to the account's", identity: allowDecrypt, resource: handOver,
			request: decrypt, want: Decision{Allowed: true},
		},
		{
			name: "a key's policy that hands over does not allow by itself", resource: handOver,
			request: decrypt, want: noDecrypt,
		},
		{
			name: "a key's policy that does not hand over refuses", identity: allowDecrypt,
			resource: strings.Replace(handOver, "kms:*", "kms:Describe*", 1),
			request:  decrypt, want: notHandedOver,
		},
		{
			name: "a key's policy hands over for one service only", identity: allowDecrypt,
			resource: strings.Replace(handOver, `"Resource"`, `"Condition":{"StringEquals":{"kms:ViaService":"dynamodb.us-east-1.amazonaws.com"}},"Resource"`, 1),
			request:  decrypt, want: notHandedOver,
		},
		{
			name:     "a key's policy that names the role needs no other",
			resource: strings.Replace(handOver, ":root", ":role/SendRole", 1),
			request:  decrypt, want: Decision{Allowed: true},
		},
		{
			name: "another action is refused implicitly", identity: allowQuery,
			request: Request{Caller: send(), Action: "dynamodb:Scan", Resource: tableARN},
			want: Decision{Reason: "User: arn:aws:sts::000000000000:assumed-role/SendRole/send is not authorized to perform: dynamodb:Scan " +
				"on resource: " + tableARN + " because no identity-based policy allows the dynamodb:Scan action"},
		},
		{
			name: "the index of an allowed table is another resource", identity: allowQuery,
			request: Request{Caller: send(), Action: "dynamodb:Query", Resource: tableARN + "/index/by_user"},
			want: Decision{Reason: "User: arn:aws:sts::000000000000:assumed-role/SendRole/send is not authorized to perform: dynamodb:Query " +
				"on resource: " + tableARN + "/index/by_user because no identity-based policy allows the dynamodb:Query action"},
		},
		{
			name:     "an explicit deny wins over an allow",
			identity: `[` + allowQuery + `,{"Effect":"Deny","Action":"dynamodb:*","Resource":"*"}]`,
			request:  get,
			want: Decision{Explicit: true, Reason: "User: arn:aws:sts::000000000000:assumed-role/SendRole/send is not authorized to perform: " +
				"dynamodb:Query on resource: " + tableARN + " with an explicit deny in an identity-based policy"},
		},
		{
			name: "a deny in the resource policy wins over the role", identity: allowQuery,
			resource: `{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}`,
			request:  get,
			want: Decision{Explicit: true, Reason: "User: arn:aws:sts::000000000000:assumed-role/SendRole/send is not authorized to perform: " +
				"dynamodb:Query on resource: " + tableARN + " with an explicit deny in a resource-based policy"},
		},
		{
			name:     "a resource policy alone allows a role of the account by its ARN",
			resource: `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:role/SendRole"},"Action":"dynamodb:Query","Resource":"*"}`,
			request:  get, want: Decision{Allowed: true},
		},
		{
			name:     "an allow for the account leaves the decision to identity policies",
			resource: `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"dynamodb:Query","Resource":"*"}`,
			request:  get,
			want: Decision{Reason: "User: arn:aws:sts::000000000000:assumed-role/SendRole/send is not authorized to perform: " +
				"dynamodb:Query on resource: " + tableARN + " because no identity-based policy allows the dynamodb:Query action"},
		},
		{
			name: "a deny for the account holds for its roles", identity: allowQuery,
			resource: `{"Effect":"Deny","Principal":{"AWS":"000000000000"},"Action":"dynamodb:Query","Resource":"*"}`,
			request:  get,
			want: Decision{Explicit: true, Reason: "User: arn:aws:sts::000000000000:assumed-role/SendRole/send is not authorized to perform: " +
				"dynamodb:Query on resource: " + tableARN + " with an explicit deny in a resource-based policy"},
		},
		{
			name: "NotAction allows what it does not name", identity: `{"Effect":"Allow","NotAction":"sqs:*","Resource":"*"}`,
			request: get, want: Decision{Allowed: true},
		},
		{
			name: "NotAction does not allow what it names", identity: `{"Effect":"Allow","NotAction":["dynamodb:Q*"],"Resource":"*"}`,
			request: get,
			want: Decision{Reason: "User: arn:aws:sts::000000000000:assumed-role/SendRole/send is not authorized to perform: " +
				"dynamodb:Query on resource: " + tableARN + " because no identity-based policy allows the dynamodb:Query action"},
		},
		{
			name: "NotResource allows every other resource", identity: `{"Effect":"Allow","Action":"dynamodb:Query","NotResource":"` + queueARN + `"}`,
			request: get, want: Decision{Allowed: true},
		},
		{
			name:     "a policy variable stands for the caller",
			identity: `{"Effect":"Allow","Action":"dynamodb:Query","Resource":"arn:aws:dynamodb:us-east-1:${aws:PrincipalAccount}:table/Rooms"}`,
			request:  get, want: Decision{Allowed: true},
		},
		{
			name:     "a service is allowed by the resource policy and its condition",
			resource: `{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"` + queueARN + `","Condition":{"ArnEquals":{"aws:SourceArn":"` + topicARN + `"}}}`,
			request: Request{
				Caller: sns, Action: "sqs:SendMessage", Resource: queueARN,
				Context: map[string][]string{"aws:SourceArn": {topicARN}},
			},
			want: Decision{Allowed: true},
		},
		{
			name:     "a service is refused when the source is another",
			resource: `{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"` + queueARN + `","Condition":{"ArnEquals":{"aws:SourceArn":"` + topicARN + `"}}}`,
			request: Request{
				Caller: sns, Action: "sqs:SendMessage", Resource: queueARN,
				Context: map[string][]string{"AWS:SOURCEARN": {topicARN + "2"}},
			},
			want: Decision{Reason: "Service: sns.amazonaws.com is not authorized to perform: sqs:SendMessage on resource: " + queueARN +
				" because no resource-based policy allows the sqs:SendMessage action"},
		},
		{
			name: "a service gains nothing from roles", identity: `{"Effect":"Allow","Action":"*","Resource":"*"}`,
			request: Request{Caller: sns, Action: "sqs:SendMessage", Resource: queueARN},
			want: Decision{Reason: "Service: sns.amazonaws.com is not authorized to perform: sqs:SendMessage on resource: " + queueARN +
				" because no resource-based policy allows the sqs:SendMessage action"},
		},
		{
			name: "a demand for encrypted transport is met", identity: allowQuery,
			resource: `{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`,
			request:  get, want: Decision{Allowed: true},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := newTestEngine()
			if tt.identity != "" {
				e.PutRole("SendRole", mustParse(t, "SendPolicy", Identity, one(tt.identity)))
			}
			if tt.resource != "" {
				e.PutResourcePolicy(tt.request.Resource, mustParse(t, "ResourcePolicy", Resource, one(tt.resource)))
			}
			for range 2 { // the second time from the cache
				if got := e.Authorize(tt.request); got != tt.want {
					t.Fatalf("got  %+v\nwant %+v", got, tt.want)
				}
			}
		})
	}
}

func TestAuthorizeUsesABucketsPolicyForItsObjects(t *testing.T) {
	t.Parallel()
	e := newTestEngine()
	e.PutResourcePolicy("arn:aws:s3:::letters", mustParse(t, "LettersPolicy", Resource,
		one(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:role/SendRole"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::letters/in/*"}`)))
	for resource, want := range map[string]bool{
		"arn:aws:s3:::letters/in/a/b": true,
		"arn:aws:s3:::letters/out/a":  false,
		"arn:aws:s3:::letters":        false,
		"arn:aws:s3:::letters2/in/a":  false,
	} {
		if got := e.Authorize(Request{Caller: send(), Action: "s3:GetObject", Resource: resource}); got.Allowed != want {
			t.Errorf("%s: got %+v", resource, got)
		}
	}
}

func TestAuthorizeDoesNotRememberWhatAConditionDecided(t *testing.T) {
	t.Parallel()
	e := newTestEngine()
	e.PutRole("SendRole", mustParse(t, "P", Identity,
		one(`{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*","Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["a"]}}}`)))
	ask := func(key string) bool {
		return e.Authorize(Request{
			Caller: send(), Action: "dynamodb:GetItem", Resource: tableARN,
			Context: map[string][]string{"dynamodb:LeadingKeys": {key}},
		}).Allowed
	}
	if !ask("a") || ask("b") || !ask("a") {
		t.Fatal("the decision for one key was used for another")
	}
}

func TestPutRoleForgetsEarlierDecisions(t *testing.T) {
	t.Parallel()
	e := newTestEngine()
	request := Request{Caller: send(), Action: "dynamodb:Query", Resource: tableARN}
	if e.Authorize(request).Allowed {
		t.Fatal("a role without policies was allowed")
	}
	e.PutRole("SendRole", mustParse(t, "P", Identity, one(`{"Effect":"Allow","Action":"dynamodb:Query","Resource":"*"}`)))
	if !e.Authorize(request).Allowed {
		t.Fatal("the new policy was not seen")
	}
	e.PutRole("SendRole")
	if e.Authorize(request).Allowed {
		t.Fatal("the old policy was still in force")
	}
}

func TestAuthorizeFromManyGoroutines(t *testing.T) {
	t.Parallel()
	e := newTestEngine()
	policy := mustParse(t, "P", Identity, one(`{"Effect":"Allow","Action":["dynamodb:Query","dynamodb:GetItem"],"Resource":"*"}`))
	e.PutRole("SendRole", policy)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 500 {
				action := []string{"dynamodb:Query", "dynamodb:Scan"}[i%2]
				if got := e.Authorize(Request{Caller: send(), Action: action, Resource: tableARN}).Allowed; got != (i%2 == 0) {
					t.Errorf("%s: allowed is %t", action, got)
				}
			}
		})
	}
	wg.Go(func() { e.PutResourcePolicy(queueARN); e.Report() })
	wg.Wait()
	role := e.Report().Roles[0]
	if role.Used[0].Uses != 2000 || role.Missing[0].Count != 2000 {
		t.Fatalf("got %d uses and %d denials, want 2000 of each", role.Used[0].Uses, role.Missing[0].Count)
	}
}

func BenchmarkAuthorizeCached(b *testing.B) {
	e := newTestEngine()
	e.PutRole("SendRole", mustParse(b, "P", Identity,
		one(`{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"arn:aws:execute-api:us-east-1:000000000000:abcdefghij/local/*"}`)))
	request := Request{
		Caller: send(), Action: "execute-api:ManageConnections",
		Resource: "arn:aws:execute-api:us-east-1:000000000000:abcdefghij/local/POST/@connections/Kd2nXcFkIAMCJ-g=",
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if !e.Authorize(request).Allowed {
				b.Error("denied")
			}
		}
	})
}

func BenchmarkAuthorizeCondition(b *testing.B) {
	e := newTestEngine()
	e.PutRole("SendRole", mustParse(b, "P", Identity,
		one(`{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*","Condition":{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["user-*"]}}}`)))
	request := Request{
		Caller: send(), Action: "dynamodb:GetItem", Resource: tableARN,
		Context: map[string][]string{"dynamodb:LeadingKeys": {"user-1"}},
	}
	b.ReportAllocs()
	for b.Loop() {
		if !e.Authorize(request).Allowed {
			b.Fatal("denied")
		}
	}
}
