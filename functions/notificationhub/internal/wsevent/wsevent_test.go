package wsevent_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/internal/logging"
	"github.com/hermes-cdk/hermes/functions/internal/token"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/admission"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/session"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/wsevent"
)

var discard = slog.New(slog.DiscardHandler)

func read[E any](t *testing.T, name string) E {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var event E
	if err := json.Unmarshal(raw, &event); err != nil {
		t.Fatal(err)
	}
	return event
}

// admitter remembers the handshake and answers with what it has.
type admitter struct {
	handshake admission.Handshake
	grant     admission.Grant
	err       error
}

func (a *admitter) Admit(_ context.Context, h admission.Handshake) (admission.Grant, error) {
	a.handshake = h
	return a.grant, a.err
}

func TestAuthorize(t *testing.T) {
	t.Parallel()
	t.Run("allows the very method, and hands the identity on", func(t *testing.T) {
		t.Parallel()
		a := &admitter{grant: admission.Grant{
			Claims: admission.Claims{UserID: "ann", RoomID: "orders", Factor: "secret", ExpiresAt: time.Unix(1_795_172_400, 0)}, Protocol: "hermes.v1",
		}}
		got, err := wsevent.Authorize(a, nil, discard)(context.Background(), read[wsevent.AuthorizerRequest](t, "authorize.json"))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		const want = `{"principalId":"ann","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":["execute-api:Invoke"],"Effect":"Allow",` +
			`"Resource":["arn:aws:execute-api:us-east-1:000000000000:abc123/prod/$connect"]}]},` +
			`"context":{"expires_at":"1795172400","protocol":"hermes.v1","room_id":"orders","user_id":"ann"}}`
		if string(answer) != want {
			t.Errorf("got  %s\nwant %s", answer, want)
		}
		if a.handshake != (admission.Handshake{QueryToken: "from-query", Protocols: "hermes.v1, hermes.token.a.b.c", Origin: "https://app.example.com"}) {
			t.Errorf("handshake %+v", a.handshake)
		}
	})
	t.Run("finds headers when only single values are given, in any case", func(t *testing.T) {
		t.Parallel()
		a := &admitter{err: token.ErrRefused}
		e := read[wsevent.AuthorizerRequest](t, "authorize.json")
		e.MultiValueHeaders = nil
		e.Headers = map[string]string{"SEC-WEBSOCKET-PROTOCOL": "hermes.v1", "oRIGIN": "o"}
		if _, err := wsevent.Authorize(a, nil, discard)(context.Background(), e); err != nil || a.handshake.Protocols != "hermes.v1" || a.handshake.Origin != "o" {
			t.Errorf("handshake %+v, %v", a.handshake, err)
		}
	})
	t.Run("denies what is refused, and logs why but not what", func(t *testing.T) {
		t.Parallel()
		var out bytes.Buffer
		a := &admitter{err: fmt.Errorf("%w: %w", token.ErrRefused, token.ErrExpired)}
		got, err := wsevent.Authorize(a, nil, logging.New(&out, "authorize", ""))(context.Background(), read[wsevent.AuthorizerRequest](t, "authorize.json"))
		if err != nil || got.PrincipalID == "" || got.PolicyDocument.Statement[0].Effect != "Deny" || got.Context != nil {
			t.Errorf("got %+v, %v", got, err)
		}
		line := out.String()
		if !strings.Contains(line, "token has expired") || !strings.Contains(line, `"connection_id":"L0SM9cOFvHcCIhw="`) || strings.Contains(line, "a.b.c") || strings.Contains(line, "from-query") {
			t.Errorf("logged %s", line)
		}
	})
	t.Run("an empty event is denied", func(t *testing.T) {
		t.Parallel()
		a := &admitter{err: token.ErrRefused}
		got, err := wsevent.Authorize(a, nil, discard)(context.Background(), wsevent.AuthorizerRequest{})
		if err != nil || got.PolicyDocument.Statement[0].Effect != "Deny" {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("a failure of the hub is an error without details", func(t *testing.T) {
		t.Parallel()
		a := &admitter{err: errors.New("table tokens in account 0 is unreachable")}
		_, err := wsevent.Authorize(a, nil, discard)(context.Background(), read[wsevent.AuthorizerRequest](t, "authorize.json"))
		if err == nil || err.Error() != "the function cannot reach what it needs" {
			t.Errorf("got %v", err)
		}
	})
}

// room is a Joiner and a Leaver that remembers who came.
type room struct {
	caller hub.Caller
	err    error
}

func (r *room) Join(_ context.Context, caller hub.Caller) error  { r.caller = caller; return r.err }
func (r *room) Leave(_ context.Context, caller hub.Caller) error { r.caller = caller; return r.err }

func TestConnect(t *testing.T) {
	t.Parallel()
	event := read[events.APIGatewayWebsocketProxyRequest](t, "message.json")
	event.MultiValueHeaders = map[string][]string{"sec-websocket-protocol": {"hermes.token.a.b.c, hermes.v1"}}
	for _, c := range []struct {
		name     string
		change   func(*events.APIGatewayWebsocketProxyRequest)
		err      error
		status   int
		protocol string
	}{
		{"joins and echoes hermes.v1", func(*events.APIGatewayWebsocketProxyRequest) {}, nil, 200, "hermes.v1"},
		{"echoes nothing to a classic client", func(e *events.APIGatewayWebsocketProxyRequest) { e.MultiValueHeaders = nil }, nil, 200, ""},
		{"refuses a connection without identity", func(*events.APIGatewayWebsocketProxyRequest) {}, session.ErrNoIdentity, 403, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e, r := event, &room{err: c.err}
			c.change(&e)
			got, err := wsevent.Connect(r, discard)(context.Background(), e)
			if err != nil || got.StatusCode != c.status || got.Headers["Sec-WebSocket-Protocol"] != c.protocol {
				t.Errorf("got %+v, %v", got, err)
			}
			want := hub.Caller{ConnectionID: "L0SM9cOFvHcCIhw=", UserID: "ann", RoomID: "orders", ExpiresAt: 1_795_172_400, ConnectedAt: time.UnixMilli(1_795_168_800_000)}
			if c.status == 200 {
				want.Protocol = c.protocol
				if r.caller != want {
					t.Errorf("joined %+v", r.caller)
				}
			}
		})
	}
	t.Run("fails with the table", func(t *testing.T) {
		t.Parallel()
		_, err := wsevent.Connect(&room{err: errors.New("down")}, discard)(context.Background(), event)
		if err == nil || err.Error() != "the function cannot reach what it needs" {
			t.Errorf("got %v", err)
		}
	})
}

func TestDisconnect(t *testing.T) {
	t.Parallel()
	event := read[events.APIGatewayWebsocketProxyRequest](t, "message.json")
	r := &room{}
	got, err := wsevent.Disconnect(r, nil, discard)(context.Background(), event)
	if err != nil || got.StatusCode != 200 || r.caller.RoomID != "orders" || r.caller.ConnectionID != "L0SM9cOFvHcCIhw=" {
		t.Errorf("got %+v, %v, left %+v", got, err, r.caller)
	}
	r.err = errors.New("down")
	if _, err := wsevent.Disconnect(r, nil, discard)(context.Background(), event); err == nil {
		t.Error("a failure does not count")
	}
}

func TestMessage(t *testing.T) {
	t.Parallel()
	event := read[events.APIGatewayWebsocketProxyRequest](t, "message.json")
	answer := func(_ context.Context, caller hub.Caller, body []byte) []byte {
		return fmt.Appendf(nil, "%s@%s/%s/%s/%d: %s", caller.UserID, caller.RoomID, caller.ConnectionID, caller.Protocol, caller.ExpiresAt, body)
	}
	for _, c := range []struct {
		name   string
		change func(*events.APIGatewayWebsocketProxyRequest)
		want   string
	}{
		{
			"answers as the route response", func(*events.APIGatewayWebsocketProxyRequest) {},
			`ann@orders/L0SM9cOFvHcCIhw=/hermes.v1/1795172400: {"action":"sendMessage","data":1}`,
		},
		{
			"decodes a body in base64", func(e *events.APIGatewayWebsocketProxyRequest) { e.Body, e.IsBase64Encoded = "aGk=", true },
			`ann@orders/L0SM9cOFvHcCIhw=/hermes.v1/1795172400: hi`,
		},
		{
			"answers a body that is no base64", func(e *events.APIGatewayWebsocketProxyRequest) { e.Body, e.IsBase64Encoded = "%", true },
			`{"type":"error","code":"bad_request","message":"the frame could not be decoded"}`,
		},
		{"takes context values that are no text", func(e *events.APIGatewayWebsocketProxyRequest) {
			e.RequestContext.Authorizer = map[string]any{"user_id": 12345678.0, "room_id": true, "expires_at": 1795172400.0, "protocol": nil}
		}, `12345678@true/L0SM9cOFvHcCIhw=//1795172400: {"action":"sendMessage","data":1}`},
		{
			"survives an event without authorizer", func(e *events.APIGatewayWebsocketProxyRequest) { e.RequestContext.Authorizer = nil },
			`@/L0SM9cOFvHcCIhw=//0: {"action":"sendMessage","data":1}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := event
			c.change(&e)
			got, err := wsevent.Message(answer, discard)(context.Background(), e)
			if err != nil || got.StatusCode != 200 || got.Body != c.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// posts are what was posted, by connection.
type posts struct {
	frames map[string]string
	err    error
}

func (p *posts) Post(ctx context.Context, connectionID string, body []byte) error {
	if _, bounded := ctx.Deadline(); !bounded {
		return errors.New("the post has no deadline")
	}
	p.frames[connectionID] = string(body)
	return p.err
}

// Nothing is answered by the route, in whatever way AWS takes an answer that is empty.
func TestPost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		answer, want string
		err          error
	}{
		{"posts the answer", `{"type":"ok"}`, `{"type":"ok"}`, nil},
		{"posts nothing without one", "", "", nil},
		{"succeeds if the post fails, as the frame is handled", `{"type":"ok"}`, `{"type":"ok"}`, errors.New("gone")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			answer := func(context.Context, hub.Caller, []byte) []byte {
				if c.answer == "" {
					return nil
				}
				return []byte(c.answer)
			}
			p := &posts{frames: map[string]string{}, err: c.err}
			e := events.APIGatewayWebsocketProxyRequest{Body: `{}`}
			e.RequestContext.ConnectionID = "c="
			got, err := wsevent.Post(answer, p, discard)(context.Background(), e)
			if err != nil || got.StatusCode != 200 || got.Body != "" || p.frames["c="] != c.want {
				t.Errorf("got %+v, %v; posted %v", got, err, p.frames)
			}
		})
	}
}
