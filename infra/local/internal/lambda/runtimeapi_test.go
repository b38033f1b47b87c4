package lambda

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A runtimeClient speaks the Runtime API as any runtime would.
type runtimeClient struct {
	t   *testing.T
	api *runtimeAPI
}

func newRuntimeClient(t *testing.T) *runtimeClient {
	api, err := startRuntimeAPI(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.close)
	return &runtimeClient{t: t, api: api}
}

func (c *runtimeClient) call(method, path, body string) (int, string, http.Header) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, "http://"+c.api.address+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, strings.TrimSpace(string(text)), resp.Header
}

func (c *runtimeClient) give(id string) *invocation {
	inv := newInvocation(Function{ARN: "arn:f"}, "live", []byte(`{"a":1}`), time.Unix(1, 0), "")
	inv.requestID, inv.deadline = id, time.UnixMilli(1542409706888)
	c.api.next <- inv
	return inv
}

func TestRuntimeAPI(t *testing.T) {
	t.Parallel()
	const next = "/2018-06-01/runtime/invocation/next"
	t.Run("next returns the event with its headers", func(t *testing.T) {
		t.Parallel()
		c := newRuntimeClient(t)
		inv := c.give("id-1")
		status, body, header := c.call("GET", next, "")
		if status != 200 || body != `{"a":1}` {
			t.Errorf("%d %s", status, body)
		}
		for name, want := range map[string]string{
			"Lambda-Runtime-Aws-Request-Id": "id-1", "Lambda-Runtime-Deadline-Ms": "1542409706888",
			"Lambda-Runtime-Invoked-Function-Arn": "arn:f:live", "Lambda-Runtime-Trace-Id": inv.trace, "Content-Type": "application/json",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s is %q, not %q", name, got, want)
			}
		}
	})
	t.Run("a response ends the invocation only with the next call of next", func(t *testing.T) {
		t.Parallel()
		c := newRuntimeClient(t)
		inv := c.give("id-1")
		c.call("GET", next, "")
		if status, body, _ := c.call("POST", "/2018-06-01/runtime/invocation/id-1/response", `"x"`); status != 202 || body != `{"status":"OK"}` {
			t.Errorf("%d %s", status, body)
		}
		select {
		case <-inv.finished:
			t.Error("it is finished")
		default:
		}
		if ans := <-inv.answered; string(ans.payload) != `"x"` || ans.failed {
			t.Errorf("answer %+v", ans)
		}
		c.give("id-2")
		c.call("GET", next, "")
		<-inv.finished
	})
	t.Run("an error without JSON takes its type from the header", func(t *testing.T) {
		t.Parallel()
		c := newRuntimeClient(t)
		inv := c.give("id-1")
		c.call("GET", next, "")
		if status, _, _ := c.call("POST", "/2018-06-01/runtime/invocation/id-1/error", "oh"); status != 202 {
			t.Errorf("status %d", status)
		}
		if ans := <-inv.answered; string(ans.payload) != `{"errorType":"Runtime.Unknown","errorMessage":""}` || !ans.failed {
			t.Errorf("answer %s", ans.payload)
		}
	})
	refusals := []struct {
		name, method, path string
		before             func(*runtimeClient)
		status             int
		body               string
	}{
		{
			"a response to another request is refused", "POST", "/2018-06-01/runtime/invocation/id-2/response", nil, 400,
			`{"errorType":"InvalidRequestID","errorMessage":"Invalid request ID"}`,
		},
		{
			"a second response is refused", "POST", "/2018-06-01/runtime/invocation/id-1/response",
			func(c *runtimeClient) { c.call("POST", "/2018-06-01/runtime/invocation/id-1/response", "1") }, 403,
			`{"errorType":"InvalidStateTransition","errorMessage":"Runtime has answered this invocation before"}`,
		},
		{
			"next without an answer is refused", "GET", next, nil, 403,
			`{"errorType":"InvalidStateTransition","errorMessage":"Runtime has not answered the current invocation"}`,
		},
		{
			"an init error after init is refused", "POST", "/2018-06-01/runtime/init/error", nil, 403,
			`{"errorType":"InvalidStateTransition","errorMessage":"Runtime is past its init phase"}`,
		},
		{
			"an extension with events is refused", "POST", "/2020-01-01/extension/register", nil, 403,
			`{"errorType":"Extension.NotSupported","errorMessage":"extensions that receive events are not supported"}`,
		},
	}
	for _, r := range refusals {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			c := newRuntimeClient(t)
			c.give("id-1")
			c.call("GET", next, "")
			if r.before != nil {
				r.before(c)
			}
			if status, body, _ := c.call(r.method, r.path, `{"events":["INVOKE"]}`); status != r.status || body != r.body {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	t.Run("a path of another version is not there", func(t *testing.T) {
		t.Parallel()
		if status, _, _ := newRuntimeClient(t).call("GET", "/2019-01-01/runtime/invocation/next", ""); status != 404 {
			t.Errorf("status %d", status)
		}
	})
}
