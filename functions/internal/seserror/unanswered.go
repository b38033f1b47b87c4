package seserror

import (
	"errors"
	"time"

	"github.com/aws/smithy-go"
)

// Reported is how long after a call without an answer SES's event Send is waited for. Without that event, the mail is sent
// again: docs/adr/0021-what-a-lost-answer-of-ses-means.md.
const Reported = 20 * time.Second

// Answered reports whether err is an answer of SES, which then has not accepted the mail. After any other error it may have.
func Answered(err error) bool {
	var answer smithy.APIError
	return errors.As(err, &answer)
}
