package sns

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestScheduleFollowsThePhases(t *testing.T) {
	t.Parallel()
	seconds := func(all ...float64) (out []time.Duration) {
		for _, s := range all {
			out = append(out, time.Duration(s*float64(time.Second)))
		}
		return out
	}
	for policy, want := range map[string][]time.Duration{
		`{}`:               seconds(20, 20, 20),
		`{"numRetries":0}`: nil,
		`{"numRetries":5}`: seconds(20, 20, 20, 20, 20),
		`{"numRetries":3,"numNoDelayRetries":1,"numMinDelayRetries":1,"numMaxDelayRetries":1,"minDelayTarget":5,"maxDelayTarget":60}`: seconds(0, 5, 60),
		`{"numRetries":3,"minDelayTarget":10,"maxDelayTarget":50}`:                                                                    seconds(20, 30, 40),
		`{"numRetries":1,"minDelayTarget":4,"maxDelayTarget":16,"backoffFunction":"exponential"}`:                                     seconds(8),
	} {
		parsed, err := parseSubscriptionPolicy(`{"healthyRetryPolicy":` + policy + `}`)
		if err != nil {
			t.Errorf("%s: %v", policy, err)
			continue
		}
		got, err := parsed.Retry.schedule(RetryPolicy{Retries: 3, Delay: 20 * time.Second})
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v; want %v", policy, got, err, want)
		}
	}
	for policy, want := range map[string]string{
		`{"numRetries":101}`:                                         "healthyRetryPolicy is out of bounds",
		`{"numRetries":-1}`:                                          "healthyRetryPolicy is out of bounds",
		`{"minDelayTarget":0}`:                                       "healthyRetryPolicy is out of bounds",
		`{"minDelayTarget":30,"maxDelayTarget":20}`:                  "healthyRetryPolicy is out of bounds",
		`{"numRetries":1,"numNoDelayRetries":2}`:                     "numRetries must be at least the sum of its phases",
		`{"numRetries":100,"minDelayTarget":60,"maxDelayTarget":60}`: "the delays add up to more than an hour",
		`{"numRetries":1,"backoffFunction":"geometric"}`:             "backoffFunction geometric (the local stage has linear and exponential)",
	} {
		_, err := parseSubscriptionPolicy(`{"healthyRetryPolicy":` + policy + `}`)
		if err == nil || err.Error() != "InvalidParameter: Invalid parameter: DeliveryPolicy: "+want {
			t.Errorf("%s: %v, want %s", policy, err, want)
		}
	}
}

func TestThePolicyOfTheSubscriptionComesBeforeTheTopics(t *testing.T) {
	t.Parallel()
	n := &Notifier{config: Config{Retry: RetryPolicy{Retries: 1, Delay: 7 * time.Second}}.withDefaults()}
	of := func(topicPolicy, own string) []time.Duration {
		delays, _ := n.schedule(topic{deliveryPolicy: topicPolicy}, record{Attributes: map[string]string{"DeliveryPolicy": own}})
		return delays
	}
	const two = `{"http":{"defaultHealthyRetryPolicy":{"numRetries":2}}}`
	const forced = `{"http":{"defaultHealthyRetryPolicy":{"numRetries":2},"disableSubscriptionOverrides":true}}`
	const three = `{"healthyRetryPolicy":{"numRetries":3}}`
	for name, c := range map[string]struct {
		got  []time.Duration
		want int
	}{
		"neither": {of("", ""), 1}, "the topic's": {of(two, ""), 2}, "the subscription's": {of(two, three), 3},
		"the topic's where it forbids": {of(forced, three), 2}, "a topic's that is not understood": {of("x", ""), 1},
	} {
		if len(c.got) != c.want {
			t.Errorf("%s: %v, want %d retries", name, c.got, c.want)
		}
	}
}

func TestRequestsAreBounded(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	n := &Notifier{}
	n.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", maxRequestBytes+1))))
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a large request was answered %d", w.Code)
	}
	w = httptest.NewRecorder()
	n.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("a=%")))
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "<Code>MalformedQueryString</Code>") {
		t.Errorf("a malformed request was answered %d %s", w.Code, w.Body)
	}
}

// FuzzQuery lets no request make the reader of parameters panic or allocate without bound.
func FuzzQuery(f *testing.F) {
	for _, text := range []string{
		"Action=Publish&Message=x&Subject=y", "MessageAttributes.entry.1.Name=a&MessageAttributes.entry.1.Value.DataType=String",
		"MessageStructure=json&Message={\"default\":\"x\"}", "Attributes.entry.999999999.key=a", "PublishBatchRequestEntries.member.2.Id=x", "%", "a=%zz",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		values, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		q := query(values)
		if n := len(q.list("PublishBatchRequestEntries.member")); n > maxElements {
			t.Fatalf("%d elements", n)
		}
		q.attributes()
		p, err := readPublication(q, "")
		if err == nil && p.subject != nil && strings.Contains(*p.subject, "\n") {
			t.Fatalf("subject %q", *p.subject)
		}
	})
}

// FuzzPolicy lets no delivery policy through whose delays are out of bounds.
func FuzzPolicy(f *testing.F) {
	for _, text := range []string{"", "{}", `{"healthyRetryPolicy":{"numRetries":3,"minDelayTarget":1,"maxDelayTarget":3600}}`, `{"throttlePolicy":null}`, "x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parseSubscriptionPolicy(text)
		if err != nil || p.Retry == nil {
			return
		}
		delays, err := p.Retry.schedule(RetryPolicy{})
		total := time.Duration(0)
		for _, d := range delays {
			if d < 0 {
				t.Fatalf("delay %s", d)
			}
			total += d
		}
		if err != nil || len(delays) > 4*maxRetries || total > time.Hour+time.Second {
			t.Fatalf("%d delays of %s, %v", len(delays), total, err)
		}
	})
}
