// Package seserror tells apart what SES answers to a mail.
package seserror

import (
	"errors"
	"strings"

	"github.com/aws/smithy-go"
)

// NotSetUp reports whether SES refused a mail because of the account and not because of the mail: the sender is not
// verified or, in the sandbox, the recipient; the account, the configuration set or a permission is missing or suspended.
// The same mail is accepted once somebody has changed that.
// https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html
// https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
func NotSetUp(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	switch api.ErrorCode() {
	case "MailFromDomainNotVerifiedException", "AccountSuspendedException", "SendingPausedException", "NotFoundException",
		"AccessDeniedException", "AccessDenied":
		return true
	case "MessageRejected":
		// The text alone tells it from a mail whose content was refused.
		return strings.Contains(api.ErrorMessage(), "not verified")
	default:
		return false
	}
}
