package httpapi

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
func TestEvent(t *testing.T) {
	t.Parallel()
	r := start(t, func(in *setup) {
		in.config.Routes = []Route{{Key: "POST /my/{name}", Function: "f"}}
		in.config.Stages[0].Variables = map[string]string{"stageVariable1": "value1"}
	})
	r.send("POST", "/my/p%C3%A4th?parameter1=value1&parameter1=value%202&parameter2=", "Hello <Lambda>",
		"Content-Type: text/plain", "Header2: value1", "Header2: value2", "Cookie: cookie1=a; cookie2=b", "User-Agent: agent")
	event := string(r.invoker.Events("f")[0])
	context := r.event("f")["requestContext"].(map[string]any)
	trace := r.event("f")["headers"].(map[string]any)["x-amzn-trace-id"]
	want := fmt.Sprintf(`{"version":"2.0","routeKey":"POST /my/{name}","rawPath":"/my/päth",`+
		`"rawQueryString":"parameter1=value1&parameter1=value%%202&parameter2=","cookies":["cookie1=a","cookie2=b"],`+
		`"headers":{"accept-encoding":"gzip","content-length":"14","content-type":"text/plain","header2":"value1,value2","host":%[1]q,`+
		`"user-agent":"agent","x-amzn-trace-id":%[3]q,"x-forwarded-for":"127.0.0.1","x-forwarded-port":"443","x-forwarded-proto":"https"},`+
		`"queryStringParameters":{"parameter1":"value1,value 2","parameter2":""},`+
		`"requestContext":{"accountId":"123456789012","apiId":"abcdef123","domainName":%[1]q,"domainPrefix":"abcdef123",`+
		`"http":{"method":"POST","path":"/my/päth","protocol":"HTTP/1.1","sourceIp":"127.0.0.1","userAgent":"agent"},`+
		`"requestId":%[2]q,"routeKey":"POST /my/{name}","stage":"$default","time":"12/Mar/2020:19:03:58 +0000","timeEpoch":1584039838390},`+
		`"pathParameters":{"name":"päth"},"stageVariables":{"stageVariable1":"value1"},"body":"Hello <Lambda>","isBase64Encoded":false}`,
		host, context["requestId"], trace)
	if event != want {
		t.Errorf("event\n%s\nwant\n%s", event, want)
	}
}

func TestEventOmitsWhatIsEmpty(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	r.send("GET", "/", "")
	event := r.event("f")
	for _, name := range []string{"cookies", "queryStringParameters", "pathParameters", "stageVariables", "body"} {
		if _, present := event[name]; present {
			t.Errorf("%s is %v", name, event[name])
		}
	}
	if event["rawQueryString"] != "" || event["isBase64Encoded"] != false || event["rawPath"] != "/" {
		t.Errorf("event %v", event)
	}
	if _, present := event["requestContext"].(map[string]any)["authorizer"]; present {
		t.Error("an authorizer without authorization")
	}
}

// https://github.com/ministackorg/ministack/pull/766, where each type was tried on AWS
func TestBodyIsTextOrBase64(t *testing.T) {
	t.Parallel()
	cases := []struct {
		contentType string
		body        string
		encoded     bool
	}{
		{"text/plain", "x", false},
		{"text/plain; charset=UTF-8", "x", false},
		{"text/html", "x", false},
		{"application/json", "{}", false},
		{"application/json; charset=utf-8", "{}", false},
		{"application/xml", "x", false},
		{"application/javascript", "x", false},
		{"application/x-www-form-urlencoded", "a=b", true},
		{"application/octet-stream", "x", true},
		{"image/png", "x", true},
		{"", "x", true},
		{"text/plain", "\xff", true},
	}
	for _, tc := range cases {
		t.Run(fmt.Sprintf("%q of type %q", tc.body, tc.contentType), func(t *testing.T) {
			t.Parallel()
			r := start(t, nil)
			r.send("POST", "/", tc.body, "Content-Type: "+tc.contentType)
			want := tc.body
			if tc.encoded {
				want = base64.StdEncoding.EncodeToString([]byte(tc.body))
			}
			if event := r.event("f"); event["body"] != want || event["isBase64Encoded"] != tc.encoded {
				t.Errorf("body %q, isBase64Encoded %v", event["body"], event["isBase64Encoded"])
			}
		})
	}
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
func TestResponse(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, answer, contentType, body string
		status                          int
		header                          string // "Name: value" that must be there
	}{
		{"a string is a body", `"Hello from Lambda!"`, "application/json", "Hello from Lambda!", 200, ""},
		{"JSON without statusCode is a body", `{ "message": "Hello" }`, "application/json", `{ "message": "Hello" }`, 200, ""},
		{"a list is a body", `[1,2]`, "application/json", `[1,2]`, 200, ""},
		{"null is a body", `null`, "application/json", `null`, 200, ""},
		{"a statusCode makes a response", `{"statusCode":201,"headers":{"X-A":"b","content-type":"text/html"},"body":"<p>"}`, "text/html", "<p>", 201, "X-A: b"},
		{"a response without type is plain text", `{"statusCode":200,"body":"x"}`, "text/plain;charset=UTF-8", "x", 200, ""},
		{"a status may be a string", `{"statusCode":"404","body":"x"}`, "text/plain;charset=UTF-8", "x", 404, ""},
		{"a header may be a number", `{"statusCode":200,"headers":{"Retry-After":1.5}}`, "", "", 200, "Retry-After: 1.5"},
		{"a base64 body is decoded", `{"statusCode":200,"headers":{"content-type":"image/png"},"body":"/wA=","isBase64Encoded":true}`, "image/png", "\xff\x00", 200, ""},
		{"204 has no body", `{"statusCode":204}`, "", "", 204, ""},
		{"the length is the gateway's", `{"statusCode":200,"headers":{"Content-Length":"99","Connection":"close"},"body":"x"}`, "text/plain;charset=UTF-8", "x", 200, "Content-Length: 1"},
		{"what is no JSON is 500", `oops`, "application/json", `{"message":"Internal Server Error"}`, 500, ""},
		{"nothing at all is 500", ``, "application/json", `{"message":"Internal Server Error"}`, 500, ""},
		{"a strange statusCode is 500", `{"statusCode":"ok"}`, "application/json", `{"message":"Internal Server Error"}`, 500, ""},
		{"a body that is an object is 500", `{"statusCode":200,"body":{"a":1}}`, "application/json", `{"message":"Internal Server Error"}`, 500, ""},
		{"a header that is an object is 500", `{"statusCode":200,"headers":{"a":{}}}`, "application/json", `{"message":"Internal Server Error"}`, 500, ""},
		{"a body that is not base64 is 500", `{"statusCode":200,"body":"!","isBase64Encoded":true}`, "application/json", `{"message":"Internal Server Error"}`, 500, ""},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, nil)
			r.invoker.Return("f", tc.answer)
			response, body := r.send("GET", "/", "")
			if response.StatusCode != tc.status || body != tc.body || response.Header.Get("Content-Type") != tc.contentType {
				t.Errorf("%d %v %q", response.StatusCode, response.Header, body)
			}
			name, value, _ := strings.Cut(tc.header, ": ")
			if name != "" && response.Header.Get(name) != value {
				t.Errorf("header %s: %q", name, response.Header.Get(name))
			}
			if len(response.Header.Get("Apigw-Requestid")) != 16 {
				t.Errorf("no request id in %v", response.Header)
			}
		})
	}
	t.Run("each cookie is a header", func(t *testing.T) {
		t.Parallel()
		r := start(t, nil)
		r.invoker.Return("f", `{"statusCode":200,"cookies":["a=b","c=d; Path=/"]}`)
		response, _ := r.send("GET", "/", "")
		if got := fmt.Sprint(response.Header["Set-Cookie"]); got != "[a=b c=d; Path=/]" {
			t.Errorf("cookies %s", got)
		}
	})
}

func FuzzParseResponse(f *testing.F) {
	for _, seed := range []string{`null`, `"x"`, `{"statusCode":200}`, `{"statusCode":"200","headers":{"a":1},"cookies":["b"],"body":"YQ==","isBase64Encoded":true}`, `{"statusCode":null}`, `[`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := parseResponse(raw)
		if err == nil && (r.status < 200 || r.status > 599 || r.header == nil) {
			t.Errorf("%q: %+v", raw, r)
		}
	})
}
