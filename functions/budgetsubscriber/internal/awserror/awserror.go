// Package awserror distinguishes failures of AWS calls that a retry may cure from those that stay until somebody
// changes something.
package awserror

import (
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Refused reports whether AWS understood the call and will refuse it again: a missing permission, an address on
// the suppression list, an expired token. Throttling, and errors of AWS and of the network, are not
// refusals.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
func Refused(err error) bool {
	var fault smithy.APIError
	if !errors.As(err, &fault) {
		return false
	}
	if retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary {
		return false
	}
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		status := response.HTTPStatusCode()
		return status >= http.StatusBadRequest && status < http.StatusInternalServerError && status != http.StatusTooManyRequests
	}
	return fault.ErrorFault() == smithy.FaultClient
}
