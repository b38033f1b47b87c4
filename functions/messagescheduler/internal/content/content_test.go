package content

import (
	"context"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

func TestTagging(t *testing.T) {
	t.Parallel()
	m := schedule.Message{Group: "g:1", Key: "K", Due: time.UnixMilli(1_700_000_000_123)}
	for _, c := range []struct{ name, subject, want string }{
		{"plain", "Hello", "group=g%3A1&key=K&scheduled=1700000000123&subject=Hello"},
		{"what S3 refuses becomes _", "50% off & <more>!", "group=g%3A1&key=K&scheduled=1700000000123&subject=50_%20off%20_%20_more__"},
		{"letters of any language stay", "Grüße +=", "group=g%3A1&key=K&scheduled=1700000000123&subject=Gr%C3%BC%C3%9Fe%20%2B%3D"},
		{"nothing but what is refused", "!!", "group=g%3A1&key=K&scheduled=1700000000123&subject=__"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := m
			m.Subject = c.subject
			if got := tagging(m, ""); got != c.want {
				t.Errorf("got %s", got)
			}
		})
	}
	if got := tagging(m, finished); !strings.HasSuffix(got, "&state=finished&subject=") {
		t.Errorf("got %s", got)
	}
}

func FuzzTagging(f *testing.F) {
	f.Add("Hello, world & all = 1")
	f.Add(strings.Repeat("𝔘", 300))
	f.Add("\xff\x00")
	f.Fuzz(func(t *testing.T, subject string) {
		header := tagging(schedule.Message{Group: "g", Key: "K", Subject: subject, Due: time.UnixMilli(1)}, finished)
		tags, err := url.ParseQuery(header)
		if err != nil || len(tags) != 5 || strings.ContainsAny(header, " \r\n") {
			t.Fatalf("%q made %q: %v", subject, header, err)
		}
		value := tags.Get("subject")
		if n := len(utf16.Encode([]rune(value))); n > maxTagValue {
			t.Errorf("%d characters", n)
		}
		for _, r := range value {
			if !isLegal(r) {
				t.Errorf("%q holds %q", value, r)
			}
		}
	})
}

// bucket is S3, as far as the calls of a test go.
type bucket struct {
	API
	put  *awss3.PutObjectInput
	copy *awss3.CopyObjectInput
	body string
	err  error
	gets int
}

func (b *bucket) PutObject(_ context.Context, in *awss3.PutObjectInput, _ ...func(*awss3.Options)) (*awss3.PutObjectOutput, error) {
	b.put = in
	text, _ := io.ReadAll(in.Body)
	b.body = string(text)
	return &awss3.PutObjectOutput{}, b.err
}

func (b *bucket) GetObject(context.Context, *awss3.GetObjectInput, ...func(*awss3.Options)) (*awss3.GetObjectOutput, error) {
	b.gets++
	return &awss3.GetObjectOutput{Body: io.NopCloser(strings.NewReader(b.body))}, b.err
}

func (b *bucket) CopyObject(_ context.Context, in *awss3.CopyObjectInput, _ ...func(*awss3.Options)) (*awss3.CopyObjectOutput, error) {
	b.copy = in
	return &awss3.CopyObjectOutput{}, b.err
}

func TestContents(t *testing.T) {
	t.Parallel()
	m := schedule.Message{Group: "g", Key: "K", Subject: "s", Object: "p/g@1/K/1.json", Due: time.UnixMilli(7)}
	t.Run("what is put comes back", func(t *testing.T) {
		t.Parallel()
		b := &bucket{}
		c := Contents{Client: b, Bucket: "bucket"}
		want := schedule.Content{Subject: "s", Body: "<b>&", Format: "html", Data: []byte(`{"a":1}`)}
		if err := c.Put(t.Context(), m, want); err != nil {
			t.Fatal(err)
		}
		if *b.put.Key != m.Object || *b.put.Bucket != "bucket" || *b.put.Tagging != "group=g&key=K&scheduled=7&subject=s" {
			t.Errorf("put %+v", b.put)
		}
		got, err := c.Get(t.Context(), m.Object)
		if err != nil || got.Body != want.Body || string(got.Data) != string(want.Data) || got.Format != want.Format {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("finishing rewrites the object with one more tag", func(t *testing.T) {
		t.Parallel()
		b := &bucket{}
		if err := (Contents{Client: b, Bucket: "bucket"}).Finish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if *b.copy.CopySource != "bucket/p/g@1/K/1.json" || b.copy.TaggingDirective != types.TaggingDirectiveReplace ||
			*b.copy.Tagging != "group=g&key=K&scheduled=7&state=finished&subject=s" {
			t.Errorf("copied %+v", b.copy)
		}
	})
	for _, c := range []struct {
		name string
		err  error
		is   error
	}{
		{"an object that is gone", &types.NoSuchKey{}, schedule.ErrNoContent},
		{"an object that may be gone", &smithy.GenericAPIError{Code: "AccessDenied"}, schedule.ErrDenied},
	} {
		t.Run(c.name+" is told", func(t *testing.T) {
			t.Parallel()
			if _, err := (Contents{Client: &bucket{err: c.err}}).Get(t.Context(), "o"); !errors.Is(err, c.is) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestCacheReadsAnObjectOnce(t *testing.T) {
	t.Parallel()
	b := &bucket{body: `{"body":"b"}`}
	c := &Cache{Source: Contents{Client: b}}
	for range 3 {
		if got, err := c.Get(t.Context(), "o"); err != nil || got.Body != "b" {
			t.Fatal(got, err)
		}
	}
	if b.gets != 1 {
		t.Errorf("read %d times", b.gets)
	}
	b.err = errors.New("down")
	if _, err := c.Get(t.Context(), "other"); !errors.Is(err, b.err) {
		t.Errorf("got %v", err)
	}
}
