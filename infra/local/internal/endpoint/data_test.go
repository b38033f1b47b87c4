package endpoint

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

func makeTable(t *testing.T, client *dynamodb.Client, name string) {
	t.Helper()
	_, err := client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: ddb.BillingModePayPerRequest,
		AttributeDefinitions: []ddb.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: ddb.ScalarAttributeTypeS}},
		KeySchema:            []ddb.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: ddb.KeyTypeHash}},
	})
	must(t, err)
	// dynalite answers a moment before the table is active.
	waiter := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = time.Millisecond, 10*time.Millisecond
	})
	t.Cleanup(func() {
		_, err := client.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &name})
		must(t, err)
	})
	must(t, waiter.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &name}, 30*time.Second))
}

func item(id string) map[string]ddb.AttributeValue {
	return map[string]ddb.AttributeValue{"id": &ddb.AttributeValueMemberS{Value: id}}
}

func TestDynamoDBIsAuthorizedByTableAndKey(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil).withPeers(t)
	admin := dynamodb.NewFromConfig(s.admin())
	makeTable(t, admin, "keyed-mine")
	makeTable(t, admin, "keyed-other")
	db := dynamodb.NewFromConfig(s.function(t, "f", allow(
		`{"Effect":"Allow","Action":["dynamodb:PutItem","dynamodb:BatchWriteItem"],"Resource":"arn:aws:dynamodb:us-east-1:000000000000:table/keyed-mine"},`+
			`{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*","Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["a"]}}}`)))
	ctx := t.Context()

	if _, err := db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("keyed-mine"), Item: item("a")}); err != nil {
		t.Errorf("put: %v", err)
	}
	got, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("keyed-mine"), Key: item("a")})
	if err != nil || len(got.Item) != 1 {
		t.Errorf("get = %v, %v", got, err)
	}
	_, err = db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("keyed-mine"), Key: item("b")})
	wantError(t, err, "AccessDeniedException", "User: arn:aws:sts::000000000000:assumed-role/f-role/f is not authorized to perform: dynamodb:GetItem on resource: "+
		"arn:aws:dynamodb:us-east-1:000000000000:table/keyed-mine because no identity-based policy allows the dynamodb:GetItem action")
	write := func(table string) error {
		_, err := db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]ddb.WriteRequest{
			"keyed-mine": {{PutRequest: &ddb.PutRequest{Item: item("c")}}},
			table:        {{PutRequest: &ddb.PutRequest{Item: item("d")}}},
		}})
		return err
	}
	if err := write("keyed-mine"); err != nil {
		t.Errorf("batch: %v", err)
	}
	wantError(t, write("keyed-other"), "AccessDeniedException", "")
	if denied := s.Denied(); len(denied) != 2 || denied[1].Resource != "arn:aws:dynamodb:us-east-1:000000000000:table/keyed-other" ||
		denied[1].Function != "f" || denied[1].Role != "f-role" || denied[1].Action != "dynamodb:BatchWriteItem" {
		t.Errorf("denied = %+v", denied)
	}
}

func wantError(t *testing.T, err error, code, message string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || message != "" && api.ErrorMessage() != message {
		t.Errorf("error = %v\nwant    %s: %s", err, code, message)
	}
}

func TestDynamoDBIsMeteredByRequestUnits(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil).withPeers(t)
	db := dynamodb.NewFromConfig(s.admin())
	makeTable(t, db, "metered")
	ctx := t.Context()
	big := item("big")
	big["text"] = &ddb.AttributeValueMemberS{Value: strings.Repeat("x", 5000)}
	put, err := db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("metered"), Item: big})
	must(t, err)
	if put.ConsumedCapacity != nil {
		t.Error("the response has a capacity that was not asked for")
	}
	_, err = db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("metered"), Key: item("big")})
	must(t, err)
	got, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("metered"), Key: item("big"), ConsistentRead: aws.Bool(true), ReturnConsumedCapacity: ddb.ReturnConsumedCapacityTotal})
	must(t, err)
	if got.ConsumedCapacity == nil || *got.ConsumedCapacity.CapacityUnits != 2 {
		t.Errorf("capacity = %v, want 2", got.ConsumedCapacity)
	}
	units := map[string]float64{}
	for _, i := range s.meter.Usage().Items {
		units[i.Action] = i.Units
	}
	if units["PutItem"] != 5 || units["GetItem"] != 3 {
		t.Errorf("units = %v, want PutItem 5 and GetItem 1 + 2", units)
	}
}

// makeBucket makes a bucket that goes with the test.
func makeBucket(t *testing.T, client *s3.Client, name string) {
	t.Helper()
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name})
	must(t, err)
	t.Cleanup(func() {
		ctx := context.Background()
		list, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &name})
		must(t, err)
		var objects []s3types.ObjectIdentifier
		for _, o := range list.Contents {
			objects = append(objects, s3types.ObjectIdentifier{Key: o.Key})
		}
		_, err = client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &name, Delete: &s3types.Delete{Objects: objects}})
		must(t, err)
		_, err = client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &name})
		must(t, err)
	})
}

func TestS3IsAuthorizedByObjectAndTag(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil).withPeers(t)
	admin := s3.NewFromConfig(s.admin())
	bucket := aws.String("tagged")
	ctx := t.Context()
	makeBucket(t, admin, *bucket)
	store := s3.NewFromConfig(s.function(t, "f", allow(
		`{"Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":"arn:aws:s3:::tagged/in/*"},`+
			`{"Effect":"Allow","Action":"s3:PutObjectTagging","Resource":"arn:aws:s3:::tagged/in/*","Condition":{"StringEquals":{"s3:RequestObjectTag/group":"x"}}}`)))
	put := func(key, tags string) error {
		in := &s3.PutObjectInput{Bucket: bucket, Key: &key, Body: strings.NewReader("hello")}
		if tags != "" {
			in.Tagging = &tags
		}
		_, err := store.PutObject(ctx, in)
		return err
	}
	for _, key := range []string{"in/plain", "in/with space+plus&ä=?#%", "in/a//b"} {
		if err := put(key, ""); err != nil {
			t.Errorf("put %q: %v", key, err)
			continue
		}
		got, err := store.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: &key})
		if err != nil {
			t.Errorf("get %q: %v", key, err)
			continue
		}
		if body, err := io.ReadAll(got.Body); err != nil || string(body) != "hello" {
			t.Errorf("get %q = %q, %v", key, body, err)
		}
	}
	if err := put("in/tagged", "group=x"); err != nil {
		t.Errorf("put with a tag: %v", err)
	}
	wantError(t, put("in/tagged", "group=y"), "AccessDenied", "User: arn:aws:sts::000000000000:assumed-role/f-role/f is not authorized to perform: "+
		"s3:PutObjectTagging on resource: arn:aws:s3:::tagged/in/tagged because no identity-based policy allows the s3:PutObjectTagging action")
	wantError(t, put("out/x", ""), "AccessDenied", "")
	tags, err := admin.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: bucket, Key: aws.String("in/tagged")})
	must(t, err)
	if len(tags.TagSet) != 1 || *tags.TagSet[0].Value != "x" {
		t.Errorf("tags = %v, want group=x", tags.TagSet)
	}
	// Only those who may list the bucket see that an object is missing.
	_, err = store.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("in/none")})
	wantError(t, err, "AccessDenied", "")
	_, err = admin.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("in/none")})
	var missing *s3types.NoSuchKey
	if !errors.As(err, &missing) {
		t.Errorf("error for the administrator = %v, want NoSuchKey", err)
	}
}

func TestS3TakesEveryFormOfUpload(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil).withPeers(t)
	client := s3.NewFromConfig(s.admin())
	bucket := aws.String("uploads")
	ctx := t.Context()
	makeBucket(t, client, *bucket)
	content := strings.Repeat("0123456789", 30000)

	presigned, err := s3.NewPresignClient(client).PresignPutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("presigned")})
	must(t, err)
	uploads := map[string]func() error{
		"with a hash": func() error {
			_, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("with a hash"), Body: strings.NewReader(content)})
			return err
		},
		"with a checksum": func() error {
			_, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("with a checksum"), Body: strings.NewReader(content), ChecksumAlgorithm: s3types.ChecksumAlgorithmSha256})
			return err
		},
		"in signed chunks": func() error { return putChunks(s, "/uploads/in%20signed%20chunks", content) },
		"presigned": func() error {
			req, err := http.NewRequestWithContext(ctx, presigned.Method, presigned.URL, strings.NewReader(content))
			if err != nil {
				return err
			}
			req.Header = presigned.SignedHeader
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				return err
			}
			defer func() { _ = res.Body.Close() }()
			if res.StatusCode != http.StatusOK {
				body, _ := io.ReadAll(res.Body)
				return errors.New(string(body))
			}
			return nil
		},
		"in parts": func() error {
			key := aws.String("in parts")
			up, err := client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key})
			if err != nil {
				return err
			}
			part, err := client.UploadPart(ctx, &s3.UploadPartInput{Bucket: bucket, Key: key, UploadId: up.UploadId, PartNumber: aws.Int32(1), Body: strings.NewReader(content)})
			if err != nil {
				return err
			}
			_, err = client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
				Bucket: bucket, Key: key, UploadId: up.UploadId,
				MultipartUpload: &s3types.CompletedMultipartUpload{Parts: []s3types.CompletedPart{{PartNumber: aws.Int32(1), ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32}}},
			})
			return err
		},
	}
	for name, upload := range uploads {
		if err := upload(); err != nil {
			t.Errorf("upload %s: %v", name, err)
			continue
		}
		got, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: &name})
		if err != nil {
			t.Errorf("get %s: %v", name, err)
			continue
		}
		body, err := io.ReadAll(got.Body)
		if err != nil || string(body) != content || aws.ToString(got.ContentEncoding) != "" {
			t.Errorf("get %s = %d bytes, encoding %q, %v, want %d", name, len(body), aws.ToString(got.ContentEncoding), err, len(content))
		}
	}
}
