package wire

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/hermes-cdk/hermes/infra/local/internal/uuid"
)

// WriteJSON responds with 200 and body in one of the JSON protocols.
func (p Protocol) WriteJSON(w http.ResponseWriter, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	contentType := "application/json"
	switch p {
	case JSON10:
		contentType = "application/x-amz-json-1.0"
	case JSON11:
		contentType = "application/x-amz-json-1.1"
	}
	h := w.Header()
	h.Set("x-amzn-RequestId", uuid.New())
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(text)))
	_, err = w.Write(text)
	return err
}

// WriteQuery responds with 200 in the query protocol; result is the XML inside <ActionResult>, escaped where needed.
func WriteQuery(w http.ResponseWriter, namespace, action, result string) {
	id := uuid.New()
	w.Header().Set("x-amzn-RequestId", id)
	w.Header().Set("Content-Type", "text/xml")
	_, _ = w.Write([]byte("<" + action + `Response xmlns="` + namespace + `"><` + action + "Result>" + result + "</" + action +
		"Result><ResponseMetadata><RequestId>" + id + "</RequestId></ResponseMetadata></" + action + "Response>"))
}
