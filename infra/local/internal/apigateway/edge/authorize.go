package edge

import (
	"errors"
	"net/http"
)

// A Caller is the signer of a request.
type Caller struct {
	ARN       string // arn:aws:sts::000000000000:assumed-role/<role>/<session>
	AccountID string
	AccessKey string
	CallerID  string // AROA...:<session>
	UserID    string
	Function  string // name of the calling function; "" for anyone else
}

// Authorize checks the signature of r, whose body is body, and that the caller may do action on resource.
//
// The error may have the methods StatusCode() int (default 403) and ErrorCode() string (default
// "AccessDeniedException"); its Error() is the message the caller reads.
type Authorize func(r *http.Request, body []byte, action, resource string) (Caller, error)

// Actions that the gateway authorizes.
const (
	ActionManageConnections = "execute-api:ManageConnections"
	ActionInvoke            = "execute-api:Invoke"
)

// Refusal returns the status, error code and message of an Authorize error.
func Refusal(err error) (status int, code, message string) {
	status, code, message = http.StatusForbidden, "AccessDeniedException", err.Error()
	var withStatus interface{ StatusCode() int }
	if errors.As(err, &withStatus) {
		status = withStatus.StatusCode()
	}
	var withCode interface{ ErrorCode() string }
	if errors.As(err, &withCode) {
		code = withCode.ErrorCode()
	}
	return status, code, message
}
