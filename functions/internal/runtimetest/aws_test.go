package runtimetest

import (
	"bytes"
	"crypto/md5"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// secretFactorSHA256 is the stored form of the factor "secret".
const secretFactorSHA256 = "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"

// An awsEndpoint answers what the functions ask of AWS, and records the operations.
type awsEndpoint struct {
	mu    sync.Mutex
	calls []string
}

func (a *awsEndpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if operation == "" {
		operation = r.Method + " " + r.URL.Path
	}
	a.mu.Lock()
	if !slices.Contains(a.calls, operation) {
		a.calls = append(a.calls, operation)
	}
	a.mu.Unlock()
	answer := answerTo(operation, body)
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("X-Amz-Crc32", fmt.Sprint(crc32.ChecksumIEEE([]byte(answer)))) // DynamoDB's client compares it
	_, _ = io.WriteString(w, answer)
}

// seen lists the operations called, each once, in the order of their first call.
func (a *awsEndpoint) seen() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.Join(a.calls, ", ")
}

func answerTo(operation string, body []byte) string {
	if bytes.Contains(body, []byte(`"schedule"`)) || bytes.Contains(body, []byte(`"subscribers"`)) {
		return `{}` // the scheduler's tables are empty
	}
	switch operation {
	case "GetSecretValue":
		return fmt.Sprintf(`{"SecretString":"{\"signing_key\":\"%s\"}"}`, signingKey)
	case "GetItem":
		return `{"Item":{"token":{"S":"` + secretFactorSHA256 + `"},"seq":{"N":"12"},"epoch":{"S":"e"}}}`
	case "Query":
		if bytes.Contains(body, []byte(`"messages"`)) {
			return `{"Items":[]}`
		}
		return `{"Items":[{"connection_id":{"S":"c="},"room_id":{"S":"r"},"user_id":{"S":"u"},"connected_at":{"N":"1"}}]}`
	case "SendMessageBatch":
		var in struct {
			Entries []struct{ MessageBody string }
		}
		_ = json.Unmarshal(body, &in)
		return fmt.Sprintf(`{"Successful":[{"Id":"0","MessageId":"m","MD5OfMessageBody":"%x"}],"Failed":[]}`, md5.Sum([]byte(in.Entries[0].MessageBody)))
	case "GET /bucket":
		return `<ListBucketResult></ListBucketResult>`
	case "GET /bucket/o.json":
		return `{"subject":"s","body":"b","format":"text"}`
	case "POST /v2/email/outbound-emails":
		return `{"MessageId":"m"}`
	default:
		return `{}`
	}
}
