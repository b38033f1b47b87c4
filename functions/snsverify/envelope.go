package snsverify

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// timestampLayout is how SNS writes each time; nothing else is taken.
const timestampLayout = "2006-01-02T15:04:05.000Z"

// A field is one of the names that an envelope may have.
type field int

const (
	fieldType field = iota
	fieldMessageID
	fieldToken
	fieldTopicARN
	fieldSubject
	fieldMessage
	fieldSubscribeURL
	fieldTimestamp
	fieldSignatureVersion
	fieldSignature
	fieldSigningCertURL
	fieldUnsubscribeURL
	fieldMessageAttributes
	fieldCount
)

// names returns each field's spellings: first as for http(s) and SQS, then, where it differs, as in Lambda events.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
var names = [fieldCount][2]string{
	fieldType:              {"Type"},
	fieldMessageID:         {"MessageId"},
	fieldToken:             {"Token"},
	fieldTopicARN:          {"TopicArn"},
	fieldSubject:           {"Subject"},
	fieldMessage:           {"Message"},
	fieldSubscribeURL:      {"SubscribeURL", "SubscribeUrl"},
	fieldTimestamp:         {"Timestamp"},
	fieldSignatureVersion:  {"SignatureVersion"},
	fieldSignature:         {"Signature"},
	fieldSigningCertURL:    {"SigningCertURL", "SigningCertUrl"},
	fieldUnsubscribeURL:    {"UnsubscribeURL", "UnsubscribeUrl"},
	fieldMessageAttributes: {"MessageAttributes"},
}

// A set holds fields.
type set uint32

func of(fields ...field) set {
	var s set
	for _, f := range fields {
		s |= 1 << f
	}
	return s
}

func (s set) has(f field) bool { return s&(1<<f) != 0 }

var (
	required = of(fieldType, fieldMessageID, fieldTopicARN, fieldMessage, fieldTimestamp, fieldSignatureVersion,
		fieldSignature, fieldSigningCertURL)
	confirmation = required | of(fieldToken, fieldSubscribeURL)
)

// kinds says which fields a type must have and which it may have. A field that the type's signature does not cover is
// not let through beside those that it does.
var kinds = map[string]struct{ must, may set }{
	string(TypeNotification):             {required, of(fieldSubject, fieldUnsubscribeURL, fieldMessageAttributes)},
	string(TypeSubscriptionConfirmation): {confirmation, 0},
	string(TypeUnsubscribeConfirmation):  {confirmation, 0},
}

// An envelope is what a body says, checked for form only.
type envelope struct {
	value      [fieldCount]string
	seen       set // its key was there
	present    set // and its value was not null
	timestamp  time.Time
	attributes map[string]Attribute
}

// parseEnvelope reads body strictly: one JSON object in valid UTF-8, no key twice, strings only (besides
// MessageAttributes, and null for the Subject of a Lambda event), every field that its Type needs and none that its
// Type does not have, and each field in the form in which SNS writes it.
func parseEnvelope(body []byte) (*envelope, error) {
	if !utf8.Valid(body) {
		return nil, fmt.Errorf("%w: not valid UTF-8", ErrEnvelope)
	}
	e := &envelope{}
	s := &scanner{text: string(body)}
	var others map[string]bool
	err := s.members(func(key string) error {
		f, ok, err := lookUp(key)
		if err != nil {
			return err
		}
		if ok {
			return e.read(s, f, key)
		}
		if others[key] {
			return fmt.Errorf("%w: key %.80q twice", ErrEnvelope, key)
		}
		if others == nil {
			others = map[string]bool{}
		}
		others[key] = true
		_, err = s.str() // a field of the future: it must keep the form, and is not handed out
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := s.end(); err != nil {
		return nil, err
	}
	return e, e.check()
}

// lookUp finds the field of key. A key that differs from a field's name by case alone is refused: a reader behind us
// that folds case, as encoding/json does, would take it for the signed one.
func lookUp(key string) (field, bool, error) {
	for f := range fieldCount {
		if key == names[f][0] || key == names[f][1] && key != "" {
			return f, true, nil
		}
	}
	for f := range fieldCount {
		if strings.EqualFold(key, names[f][0]) {
			return 0, false, fmt.Errorf("%w: key %.80q for %s", ErrEnvelope, key, names[f][0])
		}
	}
	return 0, false, nil
}

// read takes the value of f. Both spellings of a URL field count as one key.
func (e *envelope) read(s *scanner, f field, key string) error {
	if e.seen.has(f) {
		return fmt.Errorf("%w: key %.80q twice", ErrEnvelope, key)
	}
	e.seen |= of(f)
	if f == fieldSubject && s.null() {
		return nil
	}
	e.present |= of(f)
	if f == fieldMessageAttributes {
		return e.readAttributes(s)
	}
	var err error
	e.value[f], err = s.str()
	return err
}

func (e *envelope) readAttributes(s *scanner) error {
	return s.members(func(name string) error {
		if _, twice := e.attributes[name]; twice {
			return fmt.Errorf("%w: attribute %.80q twice", ErrEnvelope, name)
		}
		attribute, err := readAttribute(s, name)
		if err != nil {
			return err
		}
		if e.attributes == nil {
			e.attributes = map[string]Attribute{}
		}
		e.attributes[name] = attribute
		return nil
	})
}

func readAttribute(s *scanner, name string) (Attribute, error) {
	var a Attribute
	var hasType, hasValue bool
	err := s.members(func(key string) (err error) {
		switch {
		case key == "Type" && !hasType:
			hasType = true
			a.Type, err = s.str()
		case key == "Value" && !hasValue:
			hasValue = true
			a.Value, err = s.str()
		default:
			err = fmt.Errorf("%w: attribute %.80q has key %.80q twice or unknown", ErrEnvelope, name, key)
		}
		return err
	})
	if err == nil && !(hasType && hasValue) {
		err = fmt.Errorf("%w: attribute %.80q lacks Type or Value", ErrEnvelope, name)
	}
	return a, err
}
