package seserror_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aws/smithy-go"

	"github.com/hermes-cdk/hermes/functions/internal/seserror"
)

func TestNotSetUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		want bool
	}{
		{"an address that is not verified", &smithy.GenericAPIError{
			Code: "MessageRejected", Message: "Email address is not verified. The following identities failed the check in region EU-WEST-1: ops@example.com",
		}, true},
		{"content that is refused", &smithy.GenericAPIError{Code: "MessageRejected", Message: "Message contains a virus"}, false},
		{"a mail domain that is not verified", &smithy.GenericAPIError{Code: "MailFromDomainNotVerifiedException"}, true},
		{"an account that may not send", &smithy.GenericAPIError{Code: "AccountSuspendedException"}, true},
		{"a configuration set that is gone", &smithy.GenericAPIError{Code: "NotFoundException"}, true},
		{"a permission that is missing", &smithy.GenericAPIError{Code: "AccessDeniedException"}, true},
		{"a malformed mail", &smithy.GenericAPIError{Code: "BadRequestException", Message: "address not verified"}, false},
		{"a throttled one", &smithy.GenericAPIError{Code: "TooManyRequestsException"}, false},
		{"the network", errors.New("Email address is not verified"), false},
		{"nothing", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := c.err
			if err != nil {
				err = fmt.Errorf("mail: send: %w", err)
			}
			if got := seserror.NotSetUp(err); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
