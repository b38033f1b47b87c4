package endpoint

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/sigv4"
)

// putChunks uploads as SDKs do that sign each chunk of a body (the Go SDK does not).
func putChunks(s *stage, path, content string) error {
	now := time.Now().UTC()
	stamp, day := now.Format("20060102T150405Z"), now.Format("20060102")
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPut, s.url+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("X-Amz-Content-Sha256", sigv4.SignedChunks)
	req.Header.Set("Content-Encoding", "aws-chunked")
	req.Header.Set("X-Amz-Decoded-Content-Length", strconv.Itoa(len(content)))
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	admin := aws.Credentials{AccessKeyID: AdminAccessKeyID, SecretAccessKey: AdminSecretAccessKey}
	if err := signer.SignHTTP(context.Background(), admin, req, sigv4.SignedChunks, "s3", "us-east-1", now); err != nil {
		return err
	}
	_, previous, _ := strings.Cut(req.Header.Get("Authorization"), "Signature=")
	key := []byte("AWS4" + AdminSecretAccessKey)
	for _, part := range []string{day, "us-east-1", "s3", "aws4_request"} {
		key = sum(key, part)
	}
	var body strings.Builder
	for {
		chunk := content[:min(len(content), 65536)]
		content = content[len(chunk):]
		hash := sha256.Sum256([]byte(chunk))
		empty := sha256.Sum256(nil)
		previous = hex.EncodeToString(sum(key, fmt.Sprintf("AWS4-HMAC-SHA256-PAYLOAD\n%s\n%s/us-east-1/s3/aws4_request\n%s\n%x\n%x", stamp, day, previous, empty, hash)))
		fmt.Fprintf(&body, "%x;chunk-signature=%s\r\n%s\r\n", len(chunk), previous, chunk)
		if chunk == "" {
			break
		}
	}
	req.Body, req.ContentLength = io.NopCloser(strings.NewReader(body.String())), int64(body.Len())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(res.Body)
		return errors.New(string(text))
	}
	return nil
}

func sum(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
