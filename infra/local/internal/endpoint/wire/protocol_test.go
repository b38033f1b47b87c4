package wire

import (
	"net/http/httptest"
	"regexp"
	"testing"
)

func TestErrorsAreWrittenInTheProtocolOfTheService(t *testing.T) {
	t.Parallel()
	err := &Error{Code: "QueueDoesNotExist", QueryCode: "AWS.SimpleQueueService.NonExistentQueue", Message: "no <queue>", Status: 400}
	tests := []struct {
		name, header, headerValue, body string
		protocol                        Protocol
	}{
		{
			"AWS JSON 1.0", "x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender",
			`{"__type":"com.amazon.coral.service#QueueDoesNotExist","message":"no \u003cqueue\u003e"}`, JSON10,
		},
		{
			"AWS JSON 1.1", "Content-Type", "application/x-amz-json-1.1",
			`{"__type":"com.amazon.coral.service#QueueDoesNotExist","message":"no \u003cqueue\u003e"}`, JSON11,
		},
		{"query", "Content-Type", "text/xml", `<ErrorResponse><Error><Type>Sender</Type>` +
			`<Code>AWS.SimpleQueueService.NonExistentQueue</Code><Message>no &lt;queue&gt;</Message></Error><RequestId>ID</RequestId></ErrorResponse>`, Query},
		{"REST JSON", "x-amzn-ErrorType", "QueueDoesNotExist", `{"message":"no \u003cqueue\u003e"}`, RESTJSON},
		{"REST XML", "Content-Type", "application/xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" +
			`<Error><Code>QueueDoesNotExist</Code><Message>no &lt;queue&gt;</Message><RequestId>ID</RequestId></Error>`, RESTXML},
		{
			"RPC v2 CBOR", "smithy-protocol", "rpc-v2-cbor",
			"\xa2\x7a\x00\x00\x00\x06__type\x7a\x00\x00\x00\x11QueueDoesNotExist\x7a\x00\x00\x00\x07message\x7a\x00\x00\x00\x0ano <queue>", CBOR,
		},
	}
	id := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			tt.protocol.WriteError(w, err)
			if w.Code != 400 {
				t.Errorf("status = %d, want 400", w.Code)
			}
			if got := w.Header().Get(tt.header); got != tt.headerValue {
				t.Errorf("%s = %q, want %q", tt.header, got, tt.headerValue)
			}
			if got := id.ReplaceAllString(w.Body.String(), "ID"); got != tt.body {
				t.Errorf("body = %s\nwant   %s", got, tt.body)
			}
		})
	}
}
