package endpoint

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
	"github.com/hermes-cdk/hermes/infra/local/internal/lineage"
)

// maxTraces bounds the messages whose trace header is kept; the oldest go first.
const maxTraces = 1 << 16

// traces keeps the trace headers of messages, which fauxqs drops. SQS returns them as the system attribute AWSTraceHeader
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html).
type traces struct {
	mu   sync.Mutex
	byID map[string]string
	ids  []string // ring, oldest at next once it is full
	next int
}

func (t *traces) put(id, header string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byID == nil {
		t.byID = map[string]string{}
	}
	if len(t.ids) < maxTraces {
		t.ids = append(t.ids, id)
	} else {
		delete(t.byID, t.ids[t.next])
		t.ids[t.next] = id
		t.next = (t.next + 1) % maxTraces
	}
	t.byID[id] = header
}

func (t *traces) get(id string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byID[id]
}

// sent keeps the trace header of a request for the messages in its response.
func (t *traces) sent(res *http.Response) *wire.Error {
	header := res.Request.Header.Get(lineage.Header)
	if header == "" || res.StatusCode != http.StatusOK {
		return nil
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return serverError("sqs")
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	type message struct{ MessageId string } //nolint:revive // the API's name
	var answer struct {
		message
		Successful []message
	}
	if json.Unmarshal(body, &answer) != nil {
		return nil //nolint:nilerr // an answer without ids is none of this function's concern
	}
	for _, m := range append(answer.Successful, answer.message) {
		if m.MessageId != "" {
			t.put(m.MessageId, header)
		}
	}
	return nil
}

// received adds the trace headers to the messages of a response.
func (t *traces) received(res *http.Response) *wire.Error {
	if res.StatusCode != http.StatusOK {
		return nil
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return serverError("sqs")
	}
	if changed := t.annotate(body); changed != nil {
		body = changed
		res.Header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// annotate returns the response with trace headers, or nil if it has none to add.
func (t *traces) annotate(body []byte) []byte {
	var answer map[string]json.RawMessage
	var messages []map[string]json.RawMessage
	if json.Unmarshal(body, &answer) != nil || json.Unmarshal(answer["Messages"], &messages) != nil {
		return nil
	}
	found := false
	for _, m := range messages {
		var id string
		if json.Unmarshal(m["MessageId"], &id) != nil {
			continue
		}
		header := t.get(id)
		if header == "" {
			continue
		}
		attributes := map[string]string{}
		_ = json.Unmarshal(m["Attributes"], &attributes)
		attributes[lineage.Attribute] = header
		m["Attributes"], _ = json.Marshal(attributes) // strings always marshal
		found = true
	}
	if !found {
		return nil
	}
	list, err := json.Marshal(messages)
	if err != nil {
		return nil
	}
	answer["Messages"] = list
	changed, err := json.Marshal(answer)
	if err != nil {
		return nil
	}
	return changed
}

// wantsTraces reports whether a receive asks for the system attribute of trace headers.
func wantsTraces(in map[string]json.RawMessage) bool {
	for _, field := range []string{"AttributeNames", "MessageSystemAttributeNames"} {
		var names []string
		_ = json.Unmarshal(in[field], &names)
		if slices.Contains(names, "All") || slices.Contains(names, lineage.Attribute) {
			return true
		}
	}
	return false
}
