package backends

import (
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func TestS3KeepsObjectsWithTagsOverARestart(t *testing.T) {
	t.Parallel()
	cache, err := ToolCache()
	if err != nil {
		t.Fatal(err)
	}
	program, err := BuildS3(t.Context(), cache)
	if err != nil {
		t.Fatal(err)
	}
	ctx := testContext(t)
	options := S3Options{Program: program, Dir: t.TempDir(), AccessKey: "root", SecretKey: "a secret of ours"}
	client := func(peer *Peer) *s3.Client {
		cfg := testConfig(peer.URL)
		cfg.Credentials = credentials.NewStaticCredentialsProvider(options.AccessKey, options.SecretKey, "")
		return s3.NewFromConfig(cfg)
	}

	first, err := StartS3(ctx, options)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client(first).CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("letters")}); err != nil {
		t.Fatal(err)
	}
	if _, err := client(first).PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String("letters"), Key: aws.String("a/b"), Body: strings.NewReader("hello"), Tagging: aws.String("group=x"),
	}); err != nil {
		t.Fatal(err)
	}
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}

	second, err := StartS3(ctx, options)
	started(t, second, err)
	object, err := client(second).GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("letters"), Key: aws.String("a/b")})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(object.Body)
	if err != nil || string(body) != "hello" {
		t.Errorf("object = %q, %v, want hello", body, err)
	}
	tags, err := client(second).GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: aws.String("letters"), Key: aws.String("a/b")})
	if err != nil {
		t.Fatal(err)
	}
	if len(tags.TagSet) != 1 || *tags.TagSet[0].Key != "group" || *tags.TagSet[0].Value != "x" {
		t.Errorf("tags = %v, want group=x", tags.TagSet)
	}
}
