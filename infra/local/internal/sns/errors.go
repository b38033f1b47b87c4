package sns

import (
	"errors"
	"net/http"
)

// Errors of New and AddSubscription. Test with errors.Is.
var (
	ErrConfiguration = errors.New("configuration refused")
	ErrSubscription  = errors.New("subscription refused")
	ErrPeer          = errors.New("sns peer failed")
)

// An apiError is an error of the SNS API.
// https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html
type apiError struct {
	status        int
	code, message string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

func invalid(message string) *apiError {
	return &apiError{http.StatusBadRequest, "InvalidParameter", "Invalid parameter: " + message}
}
