package websocket

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

// maxManagementBody bounds what is read of a call; above MaxMessage it is refused in any case.
const maxManagementBody = 10 << 20

// bodies are the buffers of posts: a post's bytes are copied to its connection before the call returns.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// manage serves the @connections calls.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
func (a *API) manage(w http.ResponseWriter, r *http.Request, id string) {
	if r.Method != http.MethodPost && r.Method != http.MethodGet && r.Method != http.MethodDelete {
		writeError(w, http.StatusForbidden, "MissingAuthenticationTokenException", "Missing Authentication Token")
		return
	}
	body := bodies.Get().(*bytes.Buffer)
	defer func() {
		if body.Cap() <= keepBuffer {
			body.Reset()
			bodies.Put(body)
		}
	}()
	if _, err := io.Copy(body, http.MaxBytesReader(w, r.Body, maxManagementBody)); err != nil {
		writeError(w, http.StatusRequestEntityTooLarge, "PayloadTooLargeException", "Request Entity Too Large")
		return
	}
	if !a.services.Requests.Allow() {
		writeError(w, http.StatusTooManyRequests, "LimitExceededException", "Too Many Requests")
		return
	}
	resource := a.services.Account.ExecuteARN(a.config.APIID, a.config.Stage, r.Method+"/@connections/"+id)
	caller, err := a.services.Authorize(r, body.Bytes(), edge.ActionManageConnections, resource)
	if err != nil {
		status, code, message := edge.Refusal(err)
		writeError(w, status, code, message)
		return
	}
	if !edge.ValidID(id) {
		writeError(w, http.StatusBadRequest, "BadRequestException", "Invalid connectionId: "+id)
		return
	}
	switch r.Method {
	case http.MethodPost:
		a.post(w, r, id, caller, body.Bytes())
	case http.MethodGet:
		a.describe(w, id)
	default:
		a.remove(w, id)
	}
}

// post sends body to a client as one message.
func (a *API) post(w http.ResponseWriter, r *http.Request, id string, caller edge.Caller, body []byte) {
	injected := a.services.Faults.Inject("execute-api", "PostToConnection", caller.Function)
	injected.Wait(r.Context(), a.services.Clock)
	if injected.Status != 0 {
		status, code, message := injected.Response()
		writeError(w, status, code, message)
		return
	}
	if len(body) > a.config.Limits.MaxMessage {
		writeError(w, http.StatusRequestEntityTooLarge, "PayloadTooLargeException", "Request Entity Too Large")
		return
	}
	c := a.connections.get(id)
	if c == nil {
		writeGone(w)
		return
	}
	err := a.push(c, body, caller.Function)
	switch {
	case injected.Drop:
		panic(http.ErrAbortHandler) // the client has the message; the caller does not learn of it
	case errors.Is(err, errFull):
		writeError(w, http.StatusTooManyRequests, "LimitExceededException", "Too Many Requests")
	case err != nil:
		writeGone(w)
	default:
		w.Header()["Content-Length"] = zeroLength
	}
}

var zeroLength = []string{"0"}

// describe responds with what is known of a connection.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
func (a *API) describe(w http.ResponseWriter, id string) {
	c := a.connections.get(id)
	if c == nil {
		writeGone(w)
		return
	}
	body, err := edge.JSON(struct {
		ConnectedAt string `json:"connectedAt"`
		Identity    struct {
			SourceIP  string `json:"sourceIp"`
			UserAgent string `json:"userAgent"`
		} `json:"identity"`
		LastActiveAt string `json:"lastActiveAt"`
	}{
		ConnectedAt:  iso8601(c.connectedAt),
		LastActiveAt: iso8601(time.UnixMilli(c.lastActive.Load())),
		Identity: struct {
			SourceIP  string `json:"sourceIp"`
			UserAgent string `json:"userAgent"`
		}{c.sourceIP, c.userAgent},
	})
	if err != nil {
		writeError(w, http.StatusInternalServerError, "InternalServerErrorException", internalMessage)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(body) //nolint:errcheck // the caller has disconnected
}

func (a *API) remove(w http.ResponseWriter, id string) {
	c := a.connections.get(id)
	if c == nil {
		writeGone(w)
		return
	}
	c.shut(causeDeleted, "")
	w.WriteHeader(http.StatusNoContent)
}

// writeGone responds as AWS does: the error is in the header, the body is empty, which is why the SDKs report "410" or null
// as the message. https://github.com/aws/aws-sdk-js/issues/3773
// https://github.com/aws/aws-sdk-java/issues/2200
func writeGone(w http.ResponseWriter) {
	w.Header().Set("X-Amzn-Errortype", "GoneException")
	w.Header()["Content-Length"] = zeroLength
	w.WriteHeader(http.StatusGone)
}

func iso8601(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
