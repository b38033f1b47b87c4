package operation

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
)

func testIdentifier() *Identifier {
	return &Identifier{
		Region: "us-east-1", Account: "000000000000",
		SecretARN: func(id string) (string, bool) {
			return "arn:aws:secretsmanager:us-east-1:000000000000:secret:key-AbCdEf", id == "key"
		},
		RecipientARN: func(address string) (string, bool) {
			return "arn:aws:ses:us-east-1:000000000000:identity/verified.org", strings.HasSuffix(address, "@verified.org")
		},
		MailIdentityARN: func(string) (string, bool) { return "arn:aws:ses:us-east-1:000000000000:identity/example.com", true },
		PartitionKey: func(_, index string) (string, bool) {
			if index == "by_user" {
				return "user", true
			}
			return "id", true
		},
	}
}

// identify returns the operation of a request given as "METHOD target", headers and a body, as one line of text.
func identify(service, request, headers, body string) (Operation, string) {
	method, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for h := range strings.SplitSeq(headers, "\n") {
		if name, value, ok := strings.Cut(h, ": "); ok {
			r.Header.Set(name, value)
		}
	}
	in := &Request{Service: service, HTTP: r, Body: []byte(body)}
	in.Bucket, in.Key = SplitS3(r)
	op := testIdentifier().Identify(in)
	text := op.Name
	for _, g := range op.Grants {
		text += "\n" + g.Action + " " + strings.ReplaceAll(g.Resource, "us-east-1:000000000000", "~")
		for _, key := range slices.Sorted(maps.Keys(g.Context)) {
			text += " " + fmt.Sprint(key, g.Context[key])
		}
	}
	if !op.Known {
		text += " unknown"
	}
	return op, text
}

const formType = "Content-Type: application/x-www-form-urlencoded"

func TestOperationsAreIdentifiedWithTheirPermissions(t *testing.T) {
	t.Parallel()
	raw := base64.StdEncoding.EncodeToString([]byte("From: A <a@example.com>\r\nTo: b@c.org\r\nCc: d@e.org\r\n\r\nx"))
	tests := []struct{ name, service, request, headers, body, want string }{
		{
			"an item", "dynamodb", "POST /", "X-Amz-Target: DynamoDB_20120810.GetItem", `{"TableName":"t","Key":{"id":{"S":"a"}}}`,
			"GetItem\ndynamodb:GetItem arn:aws:dynamodb:~:table/t dynamodb:LeadingKeys[a]",
		},
		{
			"a table by its ARN", "dynamodb", "POST /", "X-Amz-Target: DynamoDB_20120810.Scan", `{"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/t"}`,
			"Scan\ndynamodb:Scan arn:aws:dynamodb:~:table/t",
		},
		{
			"a query of an index", "dynamodb", "POST /", "X-Amz-Target: DynamoDB_20120810.Query", `{"TableName":"t","IndexName":"by_user",` +
				`"KeyConditionExpression":"(#u=:u) AND sent > :s","ExpressionAttributeNames":{"#u":"user"},"ExpressionAttributeValues":{":u":{"S":"ada"},":s":{"N":"1"}}}`,
			"Query\ndynamodb:Query arn:aws:dynamodb:~:table/t/index/by_user dynamodb:LeadingKeys[ada]",
		},
		{
			"a batch over tables", "dynamodb", "POST /", "X-Amz-Target: DynamoDB_20120810.BatchWriteItem",
			`{"RequestItems":{"u":[{"DeleteRequest":{"Key":{"id":{"S":"b"}}}},{"PutRequest":{"Item":{"id":{"S":"a"}}}}],"t":[]}}`,
			"BatchWriteItem\ndynamodb:BatchWriteItem arn:aws:dynamodb:~:table/t\ndynamodb:BatchWriteItem arn:aws:dynamodb:~:table/u dynamodb:LeadingKeys[a b]",
		},
		{
			"a transaction", "dynamodb", "POST /", "X-Amz-Target: DynamoDB_20120810.TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"t","Item":{"id":{"S":"a"}}}},{"ConditionCheck":{"TableName":"u"}}]}`,
			"TransactWriteItems\ndynamodb:PutItem arn:aws:dynamodb:~:table/t dynamodb:LeadingKeys[a]\ndynamodb:ConditionCheckItem arn:aws:dynamodb:~:table/u",
		},
		{"PartiQL", "dynamodb", "POST /", "X-Amz-Target: DynamoDB_20120810.ExecuteStatement", `{}`, "ExecuteStatement unknown"},
		{
			"a batch of messages", "sqs", "POST /", "X-Amz-Target: AmazonSQS.SendMessageBatch", `{"QueueUrl":"http://127.0.0.1:4566/000000000000/q"}`,
			"SendMessageBatch\nsqs:SendMessage arn:aws:sqs:~:q",
		},
		{"a queue by name", "sqs", "POST /", "X-Amz-Target: AmazonSQS.GetQueueUrl", `{"QueueName":"q"}`, "GetQueueUrl\nsqs:GetQueueUrl arn:aws:sqs:~:q"},
		{"a message to nowhere", "sqs", "POST /", "X-Amz-Target: AmazonSQS.SendMessage", `not JSON`, "SendMessage unknown"},
		{"a publication", "sns", "POST /", formType, "Action=PublishBatch&TopicArn=arn:aws:sns:us-east-1:000000000000:t", "PublishBatch\nsns:Publish arn:aws:sns:~:t"},
		{
			"a subscription", "sns", "POST /", formType, "Action=Subscribe&TopicArn=arn:aws:sns:us-east-1:000000000000:t&Protocol=https&Endpoint=https://x",
			"Subscribe\nsns:Subscribe arn:aws:sns:~:t sns:Endpoint[https://x] sns:Protocol[https]",
		},
		{"the end of a subscription", "sns", "POST /", formType, "Action=Unsubscribe&SubscriptionArn=arn:aws:sns:us-east-1:000000000000:t:0-1", "Unsubscribe\nsns:Unsubscribe arn:aws:sns:~:t"},
		{"buckets", "s3", "GET /", "", "", "ListBuckets\ns3:ListAllMyBuckets *"},
		{"objects", "s3", "GET /b?list-type=2&prefix=a%2F", "", "", "ListObjectsV2\ns3:ListBucket arn:aws:s3:::b s3:prefix[a/]"},
		{"an object", "s3", "GET /b/a%20b/c", "", "", "GetObject\ns3:GetObject arn:aws:s3:::b/a b/c"},
		{"an object's version", "s3", "GET /b/k?versionId=1", "", "", "GetObject\ns3:GetObjectVersion arn:aws:s3:::b/k"},
		{"a bucket in the host", "s3", "HEAD http://b.localhost:4566/k/l", "", "", "HeadObject\ns3:GetObject arn:aws:s3:::b/k/l"},
		{"an upload with tags", "s3", "PUT /b/k", "X-Amz-Tagging: group=a%20b", "", "PutObject\n" +
			"s3:PutObject arn:aws:s3:::b/k s3:RequestObjectTag/group[a b] s3:RequestObjectTagKeys[group]\n" +
			"s3:PutObjectTagging arn:aws:s3:::b/k s3:RequestObjectTag/group[a b] s3:RequestObjectTagKeys[group]"},
		{"a copy", "s3", "PUT /b/k", "X-Amz-Copy-Source: /c/d%20e?versionId=9", "", "CopyObject\ns3:PutObject arn:aws:s3:::b/k\ns3:GetObjectVersion arn:aws:s3:::c/d e"},
		{
			"deletions", "s3", "POST /b?delete", "", "<Delete><Object><Key>k</Key></Object><Object><Key>l</Key><VersionId>1</VersionId></Object></Delete>",
			"DeleteObjects\ns3:DeleteObject arn:aws:s3:::b/k\ns3:DeleteObjectVersion arn:aws:s3:::b/l",
		},
		{"a part", "s3", "PUT /b/k?partNumber=1&uploadId=x", "", "", "UploadPart\ns3:PutObject arn:aws:s3:::b/k"},
		{"a website configuration", "s3", "GET /b?website", "", "", "website unknown"},
		{
			"a secret by name", "secretsmanager", "POST /", "X-Amz-Target: secretsmanager.GetSecretValue", `{"SecretId":"key"}`,
			"GetSecretValue\nsecretsmanager:GetSecretValue arn:aws:secretsmanager:~:secret:key-AbCdEf secretsmanager:SecretId[key]",
		},
		{
			"a secret nobody knows", "secretsmanager", "POST /", "X-Amz-Target: secretsmanager.GetSecretValue", `{"SecretId":"x"}`,
			"GetSecretValue\nsecretsmanager:GetSecretValue arn:aws:secretsmanager:~:secret:x secretsmanager:SecretId[x]",
		},
		{
			"a mail", "ses", "POST /v2/email/outbound-emails", "", `{"FromEmailAddress":"A <a@example.com>","Destination":{"ToAddresses":["B <b@c.org>"]}}`,
			"SendEmail\nses:SendEmail arn:aws:ses:~:identity/example.com ses:FromAddress[a@example.com] ses:FromDisplayName[A] ses:Recipients[b@c.org]",
		},
		{
			"a raw mail", "ses", "POST /v2/email/outbound-emails", "", `{"Content":{"Raw":{"Data":"` + raw + `"}}}`,
			"SendEmail\nses:SendRawEmail arn:aws:ses:~:identity/example.com ses:FromAddress[a@example.com] ses:FromDisplayName[A] ses:Recipients[b@c.org d@e.org]",
		},
		{
			"a mail to an identity in the sandbox", "ses", "POST /v2/email/outbound-emails", "", `{"FromEmailAddress":"a@example.com","Destination":{"ToAddresses":["b@verified.org"]}}`,
			"SendEmail\nses:SendEmail arn:aws:ses:~:identity/example.com ses:FromAddress[a@example.com] ses:Recipients[b@verified.org]" +
				"\nses:SendEmail arn:aws:ses:~:identity/verified.org ses:FromAddress[a@example.com] ses:Recipients[b@verified.org]",
		},
		{"a suppression", "ses", "PUT /v2/email/suppression/addresses", "", "{}", "PutSuppressedDestination\nses:PutSuppressedDestination *"},
		{"an invocation", "lambda", "POST /2015-03-31/functions/f/invocations?Qualifier=live", "", "", "Invoke\nlambda:InvokeFunction arn:aws:lambda:~:function:f:live"},
		{
			"an invocation by ARN", "lambda", "POST /2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af/invocations", "", "",
			"Invoke\nlambda:InvokeFunction arn:aws:lambda:~:function:f",
		},
		{"a metric", "monitoring", "POST /", formType, "Action=PutMetricData&Namespace=N", "PutMetricData\ncloudwatch:PutMetricData * cloudwatch:namespace[N]"},
		{
			"a metric in CBOR", "monitoring", "POST /service/GraniteServiceVersion20100801/operation/PutMetricData", "Smithy-Protocol: rpc-v2-cbor", "",
			"PutMetricData\ncloudwatch:PutMetricData *",
		},
		{"a caller", "sts", "POST /", formType, "Action=GetCallerIdentity", "GetCallerIdentity"},
		{"another role", "sts", "POST /", formType, "Action=AssumeRole", "AssumeRole unknown"},
		{"another service", "ec2", "POST /", formType, "Action=RunInstances", " unknown"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, got := identify(tt.service, tt.request, tt.headers, tt.body); got != tt.want {
				t.Errorf("operation = %s\nwant        %s", got, tt.want)
			}
		})
	}
}

func TestUnitsOfARequest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, service, path, headers, body string
		want                               float64
	}{
		{"a small message is one", "sqs", "/", "X-Amz-Target: AmazonSQS.SendMessage", "{}", 1},
		{"200 KB are four", "sqs", "/", "X-Amz-Target: AmazonSQS.SendMessage", `{"MessageBody":"` + strings.Repeat("x", 200<<10) + `"}`, 4},
		{"three recipients are three", "ses", "/v2/email/outbound-emails", "", `{"FromEmailAddress":"a@b.c","Destination":{"ToAddresses":["a@b.c"],"CcAddresses":["b@b.c"],"BccAddresses":["c@b.c"]}}`, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if op, _ := identify(tt.service, "POST "+tt.path, tt.headers, tt.body); op.Units != tt.want {
				t.Errorf("units = %v, want %v", op.Units, tt.want)
			}
		})
	}
}

func TestTheProtocolOfARequest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, service, request, header string
		want                           wire.Protocol
	}{
		{"a target is AWS JSON 1.0", "sqs", "POST /", "X-Amz-Target: A.B", wire.JSON10},
		{"a target with its content type is 1.1", "secretsmanager", "POST /", "X-Amz-Target: A.B\nContent-Type: application/x-amz-json-1.1", wire.JSON11},
		{"a form is query", "sns", "POST /", formType, wire.Query},
		{"an action in the URL is query", "sns", "GET /?Action=ListTopics", "", wire.Query},
		{"S3 is REST XML", "s3", "GET /b", "", wire.RESTXML},
		{"the rest is REST JSON", "lambda", "GET /", "", wire.RESTJSON},
		{"CBOR says so", "monitoring", "POST /", "Smithy-Protocol: rpc-v2-cbor", wire.CBOR},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if op, _ := identify(tt.service, tt.request, tt.header, ""); op.Protocol != tt.want {
				t.Errorf("protocol = %v, want %v", op.Protocol, tt.want)
			}
		})
	}
}

func FuzzIdentify(f *testing.F) {
	f.Add("dynamodb", "DynamoDB_20120810.Query", "application/x-amz-json-1.0", `{"TableName":"t","KeyConditionExpression":"= = =","TransactItems":[{"Put":{}}]}`, "/")
	f.Add("s3", "", "", "<Delete><Object/></Delete>", "/b?delete")
	f.Add("ses", "", "application/json", `{"Content":{"Raw":{"Data":"RnJvbTo"}}}`, "/v2/email/outbound-emails")
	f.Add("lambda", "", "", "", "/2015-03-31/functions/%zz/invocations")
	f.Fuzz(func(_ *testing.T, service, target, contentType, body, path string) {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		if u, err := r.URL.Parse(path); err == nil {
			r.URL = u
		}
		r.Header.Set("X-Amz-Target", target)
		r.Header.Set("Content-Type", contentType)
		in := &Request{Service: service, HTTP: r, Body: []byte(body)}
		in.Bucket, in.Key = SplitS3(r)
		testIdentifier().Identify(in)
	})
}
