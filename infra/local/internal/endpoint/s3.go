package endpoint

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/operation"
	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/sigv4"
	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
)

const (
	payloadHeader = "X-Amz-Content-Sha256"
	maxDeleteBody = 2 << 20 // 1,000 keys of 1,024 bytes, escaped
	maxErrorBody  = 64 << 10
)

// admitS3 verifies a request to S3 without reading its body: the hash, if it is signed, is that of the header, against which
// the peer checks the body, or the body comes in chunks that are signed one by one.
func (f *Front) admitS3(w http.ResponseWriter, r *http.Request, signed *sigv4.Signed) (*operation.Request, *principal, *wire.Error) {
	hash := r.Header.Get(payloadHeader)
	if signed.Presigned && hash == "" {
		hash = sigv4.Unsigned
	}
	if hash == "" {
		return nil, nil, &wire.Error{Code: "InvalidRequest", Message: "Missing required header for this request: x-amz-content-sha256"}
	}
	p, err := f.verify(r, signed, hash)
	if err != nil {
		return nil, nil, authError("s3", wire.RESTXML, err)
	}
	if hash == sigv4.SignedChunks || hash == sigv4.SignedChunksTrailer {
		secret := p.secret
		r.Body = io.NopCloser(f.verifier.ReadChunks(r, signed, secret))
		if e := unchunk(r); e != nil {
			return nil, nil, e
		}
	}
	in := &operation.Request{Service: "s3", HTTP: r}
	in.Bucket, in.Key = operation.SplitS3(r)
	if r.Method == http.MethodPost && r.URL.Query().Has("delete") {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxDeleteBody))
		if err != nil {
			return nil, nil, unreadable(err)
		}
		if len(hash) == 64 && sigv4.HashPayload(body) != hash {
			return nil, nil, &wire.Error{Code: "XAmzContentSHA256Mismatch", Message: "The provided 'x-amz-content-sha256' header does not match what was computed."}
		}
		r.Body, in.Body = io.NopCloser(bytes.NewReader(body)), body
	}
	return in, p, nil
}

// unchunk turns an upload in signed chunks, which only the owner of the secret could forward, into a plain one.
func unchunk(r *http.Request) *wire.Error {
	length, err := strconv.ParseInt(r.Header.Get("X-Amz-Decoded-Content-Length"), 10, 64)
	if err != nil || length < 0 {
		return &wire.Error{Code: "MissingContentLength", Message: "You must provide the Content-Length HTTP header.", Status: http.StatusLengthRequired}
	}
	r.ContentLength = length
	r.Header.Set(payloadHeader, sigv4.Unsigned)
	r.Header.Del("X-Amz-Decoded-Content-Length")
	r.Header.Del("X-Amz-Trailer")
	r.Header.Del("X-Amz-Sdk-Checksum-Algorithm")
	r.Header.Del("Content-Length")
	var encodings []string
	for encoding := range strings.SplitSeq(r.Header.Get("Content-Encoding"), ",") {
		if encoding = strings.TrimSpace(encoding); encoding != "" && encoding != "aws-chunked" {
			encodings = append(encodings, encoding)
		}
	}
	r.Header.Del("Content-Encoding")
	if len(encodings) > 0 {
		r.Header.Set("Content-Encoding", strings.Join(encodings, ", "))
	}
	return nil
}

// bodyError distinguishes an altered chunk from a peer that failed.
func bodyError(err error) *wire.Error {
	var failure *sigv4.Error
	if errors.As(err, &failure) && errors.Is(failure.Kind, sigv4.ErrChunk) {
		return &wire.Error{Code: "SignatureDoesNotMatch", Message: failure.Message, Status: http.StatusForbidden}
	}
	return nil
}

// NewS3Proxy returns a proxy to versitygw, which verifies signatures: requests are signed again, as its root.
func (f *Front) NewS3Proxy(base, accessKeyID, secretAccessKey string, transport http.RoundTripper) (*Proxy, error) {
	p, err := f.NewProxy("s3", base, transport)
	if err != nil {
		return nil, err
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	root := aws.Credentials{AccessKeyID: accessKeyID, SecretAccessKey: secretAccessKey}
	p.prepare = func(out *http.Request, c *call) *wire.Error {
		pathStyle(out, c.host)
		dropSignature(out)
		hash := out.Header.Get(payloadHeader)
		if hash == "" {
			hash = sigv4.Unsigned
			out.Header.Set(payloadHeader, hash)
		}
		// The peer uses this machine's clock, whatever clock the endpoint uses.
		if err := signer.SignHTTP(out.Context(), root, out, hash, "s3", f.region, time.Now()); err != nil {
			return &wire.Error{Code: "InternalError", Message: err.Error(), Status: http.StatusInternalServerError}
		}
		return nil
	}
	p.finish = f.hideMissing
	return p, nil
}

// pathStyle moves the bucket from the caller's host name into the path.
func pathStyle(out *http.Request, host string) {
	bucket, _ := operation.SplitS3(&http.Request{Host: host, URL: &url.URL{Path: "/"}})
	if bucket == "" {
		return
	}
	out.URL.RawPath = "/" + bucket + out.URL.EscapedPath()
	out.URL.Path = "/" + bucket + out.URL.Path
}

// dropSignature removes the caller's signature, in headers and in the query of a presigned request.
func dropSignature(out *http.Request) {
	for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token", "Amz-Sdk-Invocation-Id", "Amz-Sdk-Request"} {
		out.Header.Del(name)
	}
	if !strings.Contains(out.URL.RawQuery, "X-Amz-Signature=") {
		return
	}
	query := out.URL.Query()
	for _, name := range []string{"Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature", "Security-Token"} {
		query.Del("X-Amz-" + name)
	}
	out.URL.RawQuery = query.Encode()
}

// hideMissing responds with 403 for a missing object if the caller may not list the bucket, as S3 does
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, "Permissions").
func (f *Front) hideMissing(res *http.Response, c *call) *wire.Error {
	if res.StatusCode != http.StatusNotFound || (c.op.Name != "GetObject" && c.op.Name != "HeadObject") || len(c.op.Grants) == 0 {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxErrorBody))
	if err != nil {
		return serverError("s3")
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	if bytes.Contains(body, []byte("<Code>NoSuchBucket</Code>")) {
		return nil
	}
	bucket, _, _ := strings.Cut(c.op.Grants[0].Resource, "/")
	if e := f.authorize(c.caller, "s3:ListBucket", bucket, nil); e != nil {
		return accessDenied(&c.op, e.Message)
	}
	return nil
}
