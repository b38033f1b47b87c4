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
	// maxTagValue is in UTF-16 code units.
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
	maxTagValue = 256
)

// tagging returns the value of the header x-amz-tagging: a query string.
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
	// Spaces as %20: not every reader of the header decodes +.
	return strings.ReplaceAll(tags.Encode(), "+", "%20")
}

// legal makes a valid tag value of any text: characters that S3 refuses become _, and long values are cut.
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

// isLegal reports whether S3 accepts the character: letters and numbers representable in UTF-8, spaces, and + - = . _ :
// / @.
func isLegal(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || r == ' ' || strings.ContainsRune("+-=._:/@", r)
}
