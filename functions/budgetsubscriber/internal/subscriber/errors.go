package subscriber

import "errors"

// ErrNotUnderstood is returned for a genuine message that is not an alert. Redelivering it does not help.
var ErrNotUnderstood = errors.New("message not understood")

// ErrBusy is returned while another invocation is sending the same message. Redelivering it later helps.
var ErrBusy = errors.New("message is being sent")

// ErrNotSetUp is returned for a mail that SES refuses because of the account: the sender or, in the sandbox, the
// recipient is not verified. Redelivering the message later helps.
var ErrNotSetUp = errors.New("mail service not set up")

// ErrUnanswered is returned by a Mailer when SES did not answer, and so may have sent the mail.
var ErrUnanswered = errors.New("no answer of the mail service")

// errUnsubscribed is the reason in the dead-letter queue when SNS reports that the subscription has ended.
var errUnsubscribed = errors.New("the topic's subscription was removed, alerts no longer arrive; confirm with the message's token, or deploy with --revert-drift")
