package httpapi

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// request is one request in the gateway.
type request struct {
	*http.Request
	id         string
	at         time.Time
	stage      *stage
	segments   []string // decoded, below the stage
	path       string   // decoded, with the stage's prefix: rawPath
	body       []byte
	route      *route
	parameters map[string]string
	query      url.Values
	sourceIP   string
	headers    map[string]string // of the event
	cookies    []string
}

// newRequest finds the stage of the escaped path below the API; false means that there is none.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
func (a *API) newRequest(r *http.Request, escaped, id string) (*request, bool) {
	segments := segmentsOf(escaped)
	for i, s := range segments {
		if decoded, err := url.PathUnescape(s); err == nil {
			segments[i] = decoded
		}
	}
	q := &request{Request: r, id: id, at: a.services.Clock.Now(), segments: segments, path: "/" + strings.Join(segments, "/")}
	if len(segments) > 0 && segments[0] != StageDefault {
		if named := a.stages[segments[0]]; named != nil {
			q.stage, q.segments = named, segments[1:]
		}
	}
	if q.stage == nil {
		q.stage = a.stages[StageDefault]
	}
	ip, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		ip = r.RemoteAddr
	}
	q.sourceIP = ip
	q.query, _ = url.ParseQuery(r.URL.RawQuery) // keeps the valid pairs
	q.headers, q.cookies = a.headersOf(r, ip, q.at)
	return q, q.stage != nil
}

// headersOf is the headers map of an event: names in lower case, several values joined with commas, cookies separate, and
// what AWS's edge adds.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
func (a *API) headersOf(r *http.Request, sourceIP string, now time.Time) (headers map[string]string, cookies []string) {
	headers = make(map[string]string, len(r.Header)+6)
	for name, values := range r.Header {
		switch name {
		case "Cookie":
			for _, line := range values {
				for cookie := range strings.SplitSeq(line, ";") {
					cookies = append(cookies, strings.TrimSpace(cookie))
				}
			}
		case "Connection", "Keep-Alive", "Te", "Trailer", "Upgrade": // hop-by-hop
		default:
			headers[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	headers["host"] = a.config.DomainName
	headers["x-amzn-trace-id"] = a.services.IDs.Trace(now)
	headers["x-forwarded-for"] = sourceIP
	headers["x-forwarded-port"] = "443"
	headers["x-forwarded-proto"] = "https"
	return headers, cookies
}

// find returns the route of the request; false if none matches.
func (a *API) find(q *request) bool {
	for _, r := range a.routes {
		if parameters, matched := r.match(q.Method, q.segments); matched {
			q.route, q.parameters = r, parameters
			return true
		}
	}
	return false
}

// arn is the resource of execute-api:Invoke: arn:aws:execute-api:region:account:api/stage/GET/pets/1
func (a *API) arn(q *request) string {
	return a.services.Account.ExecuteARN(a.config.APIID, q.stage.Name, q.Method+"/"+strings.Join(q.segments, "/"))
}

// joined joins the values of each name with commas, as format 2.0 does.
func joined(values url.Values) map[string]string {
	all := make(map[string]string, len(values))
	for name, several := range values {
		all[name] = strings.Join(several, ",")
	}
	return all
}
