package sigv4

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Algorithm is the only one supported; the asymmetric one (SigV4A) is for multi-region access points.
const Algorithm = "AWS4-HMAC-SHA256"

const (
	terminator = "aws4_request"
	timeLayout = "20060102T150405Z"
	dateLayout = "20060102"
)

// A Signed is the signature of a request, parsed. Its strings are slices of the request's.
type Signed struct {
	AccessKeyID   string
	Date          string // YYYYMMDD of the credential scope
	Region        string
	Service       string // for example sqs: the service that is called
	SignedHeaders string // lower case, separated by semicolons
	Signature     string // 64 hexadecimal digits
	Time          string // X-Amz-Date, or the Date header in its form
	SecurityToken string // "" for long-lived credentials
	Presigned     bool
	Expires       time.Duration // of a presigned request
}

// Parse reads the signature of a request without verifying it. The error is a *Error: ErrMissing, ErrIncomplete.
func Parse(r *http.Request) (Signed, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		return parseHeader(r, header)
	}
	if strings.Contains(r.URL.RawQuery, "X-Amz-Signature=") {
		return parseQuery(r.URL.Query())
	}
	return Signed{}, newError(ErrMissing, "Request is missing Authentication Token")
}

func parseHeader(r *http.Request, header string) (Signed, error) {
	rest, ok := strings.CutPrefix(header, Algorithm)
	if !ok {
		return Signed{}, newError(ErrIncomplete, "Unsupported AWS 'algorithm': only "+Algorithm+" is supported.")
	}
	s := Signed{Time: r.Header.Get("X-Amz-Date"), SecurityToken: r.Header.Get("X-Amz-Security-Token")}
	var credential string
	for rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, ",")
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Credential":
			credential = value
		case "SignedHeaders":
			s.SignedHeaders = value
		case "Signature":
			s.Signature = value
		}
	}
	if credential == "" || s.SignedHeaders == "" || s.Signature == "" {
		return Signed{}, newError(ErrIncomplete, "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.")
	}
	if s.Time == "" {
		s.Time = fromDateHeader(r.Header.Get("Date"))
	}
	if s.Time == "" {
		return Signed{}, newError(ErrIncomplete, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
	}
	return s, s.readCredential(credential)
}

func fromDateHeader(date string) string {
	t, err := http.ParseTime(date)
	if err != nil {
		return ""
	}
	return t.UTC().Format(timeLayout)
}

func parseQuery(q url.Values) (Signed, error) {
	if q.Get("X-Amz-Algorithm") != Algorithm {
		return Signed{}, newError(ErrIncomplete, "X-Amz-Algorithm only supports \""+Algorithm+"\"")
	}
	s := Signed{
		SignedHeaders: q.Get("X-Amz-SignedHeaders"),
		Signature:     q.Get("X-Amz-Signature"),
		Time:          q.Get("X-Amz-Date"),
		SecurityToken: q.Get("X-Amz-Security-Token"),
		Presigned:     true,
	}
	if s.SignedHeaders == "" || s.Signature == "" || s.Time == "" {
		return Signed{}, newError(ErrIncomplete, "Query-string authentication requires the X-Amz-Algorithm, X-Amz-Credential, "+
			"X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
	}
	// STS and a few others presign without an expiry, which then means the usual window.
	if expires := q.Get("X-Amz-Expires"); expires != "" {
		seconds, err := strconv.Atoi(expires)
		if err != nil || seconds < 1 || seconds > 7*24*3600 {
			return Signed{}, newError(ErrIncomplete, "X-Amz-Expires must be a number of seconds between 1 and 604800")
		}
		s.Expires = time.Duration(seconds) * time.Second
	}
	return s, s.readCredential(q.Get("X-Amz-Credential"))
}

func (s *Signed) readCredential(credential string) error {
	rest := credential
	var ok [4]bool
	s.AccessKeyID, rest, ok[0] = strings.Cut(rest, "/")
	s.Date, rest, ok[1] = strings.Cut(rest, "/")
	s.Region, rest, ok[2] = strings.Cut(rest, "/")
	s.Service, rest, ok[3] = strings.Cut(rest, "/")
	if ok != [4]bool{true, true, true, true} || strings.Contains(rest, "/") || s.AccessKeyID == "" || s.Service == "" {
		return newError(ErrIncomplete, "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '"+
			credential+"'")
	}
	if rest != terminator {
		return newError(ErrScope, "Credential should be scoped with a valid terminator: '"+terminator+"', not '"+rest+"'.")
	}
	return nil
}
