package sigv4

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func newReader(s string) *bufio.Reader { return bufio.NewReader(strings.NewReader(s)) }

// exampleUpload is the worked example of AWS's documentation, signatures included
// (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html).
func exampleUpload() (*http.Request, *Verifier, Secret) {
	body := "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" + strings.Repeat("a", 65536) + "\r\n" +
		"400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" + strings.Repeat("a", 1024) + "\r\n" +
		"0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n"
	r := httptest.NewRequest(http.MethodPut, "http://s3.amazonaws.com/examplebucket/chunkObject.txt", strings.NewReader(body))
	r.ContentLength = 66824
	for name, value := range map[string]string{
		"x-amz-date": "20130524T000000Z", "x-amz-storage-class": "REDUCED_REDUNDANCY", "x-amz-content-sha256": SignedChunks,
		"Content-Encoding": "aws-chunked", "x-amz-decoded-content-length": "66560",
		"Authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, " +
			"SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class, " +
			"Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
	} {
		r.Header.Set(name, value)
	}
	v := NewVerifier("us-east-1", func() time.Time { return time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC) })
	return r, v, Secret{SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
}

func TestTheDocumentedUploadInChunksIsAccepted(t *testing.T) {
	t.Parallel()
	r, v, secret := exampleUpload()
	signed, err := Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Verify(r, &signed, secret, SignedChunks); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(v.ReadChunks(r, &signed, secret))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != strings.Repeat("a", 66560) {
		t.Errorf("content has %d bytes, want 66560 letters a", len(got))
	}
}

func TestABadChunkIsRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(body string) string
		want   string
	}{
		{
			"altered", func(s string) string { return strings.Replace(s, "aaaa", "aaba", 1) },
			"The chunk signature we calculated does not match the signature you provided.",
		},
		{"cut short", func(s string) string { return s[:strings.LastIndex(s, "0;chunk")] }, "The body ends before its last chunk."},
		{"cut inside", func(s string) string { return s[:1000] }, "The body ends inside a chunk."},
		{"without a signature", func(s string) string { return strings.Replace(s, "chunk-signature", "chunk", 1) }, "A chunk has no signature."},
		{"of a huge size", func(s string) string { return "ffffffffffff" + s[5:] }, "The size of a chunk is malformed or above 16 MB."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, v, secret := exampleUpload()
			signed, err := Parse(r)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Fatal(err)
			}
			r.Body = io.NopCloser(strings.NewReader(tt.change(string(body))))
			_, err = io.ReadAll(v.ReadChunks(r, &signed, secret))
			var f *Error
			if !errors.As(err, &f) || !errors.Is(err, ErrChunk) || f.Message != tt.want {
				t.Errorf("error = %v, want %s", err, tt.want)
			}
		})
	}
}

func FuzzReadChunks(f *testing.F) {
	f.Add("0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n")
	f.Add("5;chunk-signature=\r\nhello\r\n")
	f.Fuzz(func(t *testing.T, body string) {
		r, v, secret := exampleUpload()
		signed, err := Parse(r)
		if err != nil {
			t.Fatal(err)
		}
		r.Body = io.NopCloser(strings.NewReader(body))
		if got, err := io.ReadAll(v.ReadChunks(r, &signed, secret)); err == nil && len(got) > 0 {
			t.Errorf("%d unsigned bytes came through", len(got))
		}
	})
}
