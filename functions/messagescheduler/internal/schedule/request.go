package schedule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// A Request is the body of POST and PUT. Absent fields are nil.
type Request struct {
	Subject        *string
	Body           *string
	Format         *string
	ScheduleOn     *int64 // milliseconds since the epoch
	At             *string
	Timezone       *string
	Repeat         *RepeatRequest
	RemoveRepeat   bool // repeat is null
	IdempotencyKey *string
	Channels       []string
	Data           json.RawMessage
}

// A RepeatRequest is the field repeat: an object, or a rule as text.
type RepeatRequest struct {
	Cron     *string
	RRule    *string
	Timezone *string
	Until    *string
	Count    *int64
}

// fields are the unparsed members of a JSON object.
type fields map[string]json.RawMessage

// ParseRequest parses a body and validates it, except for what depends on the current time. Unknown fields are ignored.
func ParseRequest(body []byte) (Request, error) {
	var r Request
	if !utf8.Valid(body) {
		return r, Invalid("body", "", "the request is UTF-8 text")
	}
	var in fields
	if err := json.Unmarshal(body, &in); err != nil || in == nil {
		return r, Invalid("body", string(bytes.TrimSpace(body)), "the request is one JSON object")
	}
	for _, read := range []func() error{
		func() error { return in.text("subject", 1, contract.MaxSubjectCharacters, &r.Subject) },
		func() error { return in.text("body", 1, 0, &r.Body) },
		func() error { return in.oneOf("format", []string{FormatText, FormatHTML}, &r.Format) },
		func() error { return in.whole("schedule_on", &r.ScheduleOn) },
		func() error { return in.text("at", 1, 64, &r.At) },
		func() error { return in.text("timezone", 1, 64, &r.Timezone) },
		func() error {
			return in.text("idempotency_key", 1, contract.MaxIdempotencyCharacters, &r.IdempotencyKey)
		},
		func() error { return r.readRepeat(in) },
		func() error { return r.readChannels(in) },
		func() error { return r.readData(in) },
	} {
		if err := read(); err != nil {
			return r, err
		}
	}
	return r, r.check()
}

func (r *Request) check() error {
	if r.Subject != nil && strings.ContainsAny(*r.Subject, "\r\n\x00") {
		return Invalid("subject", *r.Subject, "one line of text")
	}
	if r.Body != nil && len(*r.Body) > contract.MaxBodyBytes {
		return fmt.Errorf("%w: body has %d bytes, at most %d are allowed", ErrTooLarge, len(*r.Body), contract.MaxBodyBytes)
	}
	if r.ScheduleOn != nil && r.At != nil {
		return Invalid("at", *r.At, "either schedule_on or at, not both")
	}
	return nil
}

func (r *Request) readRepeat(in fields) error {
	raw, ok := in["repeat"]
	if !ok {
		return nil
	}
	if string(raw) == "null" {
		r.RemoveRepeat = true
		return nil
	}
	var rule string
	if json.Unmarshal(raw, &rule) == nil {
		r.Repeat = &RepeatRequest{Cron: &rule}
		if strings.Contains(strings.ToUpper(rule), "FREQ=") {
			r.Repeat = &RepeatRequest{RRule: &rule}
		}
		return nil
	}
	var parts fields
	if json.Unmarshal(raw, &parts) != nil {
		return Invalid("repeat", string(raw), "a rule as text, or an object with cron or rrule")
	}
	p := &RepeatRequest{}
	for _, err := range []error{
		parts.text("cron", 1, 256, &p.Cron), parts.text("rrule", 1, 1024, &p.RRule), parts.text("timezone", 1, 64, &p.Timezone),
		parts.text("until", 1, 64, &p.Until), parts.whole("count", &p.Count),
	} {
		if err != nil {
			return within("repeat", err)
		}
	}
	if (p.Cron == nil) == (p.RRule == nil) {
		return Invalid("repeat", string(raw), "one of cron and rrule")
	}
	if p.Count != nil && (*p.Count < 1 || *p.Count > 1_000_000) {
		return Invalid("repeat.count", fmt.Sprint(*p.Count), "from 1 to 1000000")
	}
	r.Repeat = p
	return nil
}

func (r *Request) readChannels(in fields) error {
	raw, ok := in["channels"]
	if !ok || string(raw) == "null" {
		return nil
	}
	const rule = `a list of "email" and "hub", each once`
	if json.Unmarshal(raw, &r.Channels) != nil || len(r.Channels) == 0 || len(r.Channels) > 2 {
		return Invalid("channels", string(raw), rule)
	}
	seen := map[string]bool{}
	for _, c := range r.Channels {
		if (c != ChannelEmail && c != ChannelHub) || seen[c] {
			return Invalid("channels", string(raw), rule)
		}
		seen[c] = true
	}
	return nil
}

func (r *Request) readData(in fields) error {
	raw, ok := in["data"]
	if !ok {
		return nil
	}
	if len(raw) > contract.MaxDataBytes {
		return Invalid("data", string(raw), fmt.Sprintf("at most %d bytes, to fit one frame of the hub", contract.MaxDataBytes))
	}
	r.Data = raw
	return nil
}
