// Package content stores the contents of scheduled messages in S3.
package content

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/dispatch"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/expand"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// API is what Contents needs of *s3.Client.
type API interface {
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	CopyObject(context.Context, *s3.CopyObjectInput, ...func(*s3.Options)) (*s3.CopyObjectOutput, error)
	DeleteObject(context.Context, *s3.DeleteObjectInput, ...func(*s3.Options)) (*s3.DeleteObjectOutput, error)
	ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
}

var (
	_ API               = (*s3.Client)(nil)
	_ schedule.Contents = Contents{}
	_ expand.Contents   = Contents{}
	_ dispatch.Objects  = Contents{}
)

// contentType is the type of the objects.
const contentType = "application/json"

// maxObject bounds a read: the largest content, escaped.
const maxObject = 64 << 20

// Contents is a bucket, or its part under Prefix.
type Contents struct {
	Client API
	Bucket string
	Prefix string
}

// Put writes the content of a message, with tags.
func (c Contents) Put(ctx context.Context, m schedule.Message, content schedule.Content) error {
	body, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("content: put %q: %w", m.Object, err)
	}
	_, err = c.Client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &c.Bucket, Key: &m.Object, Body: bytes.NewReader(body), ContentType: aws.String(contentType), Tagging: aws.String(tagging(m, "")),
	})
	if err != nil {
		return fmt.Errorf("content: put %q: %w", m.Object, err)
	}
	return nil
}

// Get reads a content. It returns schedule.ErrNoContent if the object is gone.
func (c Contents) Get(ctx context.Context, object string) (schedule.Content, error) {
	var content schedule.Content
	out, err := c.Client.GetObject(ctx, &s3.GetObjectInput{Bucket: &c.Bucket, Key: &object})
	if err != nil {
		return content, fmt.Errorf("content: get %q: %w", object, gone(err))
	}
	defer out.Body.Close() //nolint:errcheck // read to its end or given up
	body, err := io.ReadAll(io.LimitReader(out.Body, maxObject))
	if err != nil {
		return content, fmt.Errorf("content: get %q: %w", object, err)
	}
	if err := json.Unmarshal(body, &content); err != nil {
		return content, fmt.Errorf("content: get %q: %w", object, err)
	}
	return content, nil
}

// Finish rewrites the object with one more tag, which the lifecycle rule filters by. The rule counts days from the last
// write, so that for a message that waited for months they begin only now.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
func (c Contents) Finish(ctx context.Context, m schedule.Message) error {
	_, err := c.Client.CopyObject(ctx, &s3.CopyObjectInput{
		Bucket: &c.Bucket, Key: &m.Object, CopySource: aws.String(c.Bucket + "/" + (&url.URL{Path: m.Object}).EscapedPath()),
		Tagging: aws.String(tagging(m, finished)), TaggingDirective: types.TaggingDirectiveReplace,
		MetadataDirective: types.MetadataDirectiveReplace, ContentType: aws.String(contentType),
	})
	if err != nil {
		return fmt.Errorf("content: finish %q: %w", m.Object, gone(err))
	}
	return nil
}

// After returns a page of the objects under Prefix.
func (c Contents) After(ctx context.Context, name string) ([]dispatch.Object, bool, error) {
	in := &s3.ListObjectsV2Input{Bucket: &c.Bucket, Prefix: &c.Prefix}
	if name != "" {
		in.StartAfter = &name
	}
	out, err := c.Client.ListObjectsV2(ctx, in)
	if err != nil {
		return nil, false, fmt.Errorf("content: list %q after %q: %w", c.Bucket, name, err)
	}
	objects := make([]dispatch.Object, len(out.Contents))
	for i, o := range out.Contents {
		objects[i] = dispatch.Object{Name: aws.ToString(o.Key), ModifiedAt: aws.ToTime(o.LastModified)}
	}
	return objects, aws.ToBool(out.IsTruncated), nil
}

// Remove deletes an object. A missing object is not an error.
func (c Contents) Remove(ctx context.Context, name string) error {
	if _, err := c.Client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &c.Bucket, Key: &name}); err != nil {
		return fmt.Errorf("content: remove %q: %w", name, err)
	}
	return nil
}

// gone maps the error for a missing object. To callers that may not list the bucket, S3 answers AccessDenied instead,
// which has other causes too.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
func gone(err error) error {
	var missing *types.NoSuchKey
	var answer smithy.APIError
	switch {
	case errors.As(err, &missing):
		return fmt.Errorf("%w: %w", schedule.ErrNoContent, err)
	case errors.As(err, &answer) && answer.ErrorCode() == "AccessDenied":
		return fmt.Errorf("%w: %w", schedule.ErrDenied, err)
	default:
		return err
	}
}

func milliseconds(m schedule.Message) string { return strconv.FormatInt(m.Due.UnixMilli(), 10) }
