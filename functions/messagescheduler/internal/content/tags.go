package content

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

const (
	finished = contract.StateFinished
	// maxTagValue is in characters, counted as UTF-16 does.
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
	maxTagValue = 256
)

// tagging is the value of the header x-amz-tagging: a query string.
func tagging(m schedule.Message, state string) string {
	tags := url.Values{
		contract.TagGroup:     {legal(m.Group)},
		contract.TagSubject:   {legal(m.Subject)},
		contract.TagScheduled: {milliseconds(m)},
		contract.TagKey:       {m.Key},
	}
	if state != "" {
		tags.Set(contract.TagState, state)
	}
	// Spaces as %20: not everything that reads the header takes + for one.
	return strings.ReplaceAll(tags.Encode(), "+", "%20")
}

// legal makes a tag value of any text: what S3 does not take becomes _, and what is too long is cut.
func legal(text string) string {
	var b strings.Builder
	units := 0
	for _, r := range text {
		if !isLegal(r) {
			r = '_'
		}
		width := 1
		if r > 0xFFFF {
			width = 2
		}
		if units += width; units > maxTagValue {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// isLegal: letters and numbers representable in UTF-8, spaces, and + - = . _ : / @.
func isLegal(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || r == ' ' || strings.ContainsRune("+-=._:/@", r)
}
