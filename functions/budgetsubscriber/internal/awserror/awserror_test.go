package awserror_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/awserror"
)

func answer(status int, code string) error {
	return fmt.Errorf("call: %w", &smithy.OperationError{ServiceID: "S", OperationName: "O", Err: &awshttp.ResponseError{
		ResponseError: &smithyhttp.ResponseError{
			Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}}, Err: &smithy.GenericAPIError{Code: code},
		},
	}})
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		want bool
	}{
		{"a missing permission is a refusal", answer(403, "AccessDeniedException"), true},
		{"a mail that SES rejects is a refusal", answer(400, "MessageRejected"), true},
		{"throttling is none", answer(429, "TooManyRequestsException"), false},
		{"throttling with status 400 is none", answer(400, "ThrottlingException"), false},
		{"a status 429 of any name is none", answer(429, "Strange"), false},
		{"a fault of AWS is none", answer(500, "InternalFailure"), false},
		{"an overload is none", answer(503, "ServiceUnavailable"), false},
		{"a refusal without an answer counts by its fault", &smithy.GenericAPIError{Code: "X", Fault: smithy.FaultClient}, true},
		{"a fault without an answer too", &smithy.GenericAPIError{Code: "X", Fault: smithy.FaultServer}, false},
		{"the network is none", errors.New("connection reset"), false},
		{"nothing is none", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := awserror.Refused(c.err); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
