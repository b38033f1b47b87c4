package admission_test

import (
	"context"
	"errors"
	"testing"

	"github.com/hermes-cdk/hermes/functions/internal/token"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/admission"
)

// echo is a verifier for which a token is its user.
type echo struct{ err error }

func (e echo) Verify(_ context.Context, raw string) (admission.Claims, error) {
	return admission.Claims{UserID: raw}, e.err
}

func TestAdmit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		handshake admission.Handshake
		user      string
		protocol  string
	}{
		{"finds the token in the query", admission.Handshake{QueryToken: "a.b.c"}, "a.b.c", ""},
		{"finds the token among the subprotocols", admission.Handshake{Protocols: "hermes.v1, hermes.token.a.b.c"}, "a.b.c", "hermes.v1"},
		{"does not mind order or spaces", admission.Handshake{Protocols: "hermes.token.a.b.c ,hermes.v1"}, "a.b.c", "hermes.v1"},
		{"prefers the subprotocol, which no access log holds", admission.Handshake{Protocols: "hermes.token.a", QueryToken: "b"}, "a", ""},
		{"takes the first of two tokens", admission.Handshake{Protocols: "hermes.token.a, hermes.token.b"}, "a", ""},
		{"speaks hermes.v1 with the token in the query", admission.Handshake{Protocols: "other, hermes.v1", QueryToken: "a"}, "a", "hermes.v1"},
		{"does not speak what it does not know", admission.Handshake{Protocols: "hermes.v2", QueryToken: "a"}, "a", ""},
		{"asks about no token too", admission.Handshake{}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			grant, err := admission.Admitter{Verifier: echo{}}.Admit(context.Background(), c.handshake)
			if err != nil || grant.Claims.UserID != c.user || grant.Protocol != c.protocol {
				t.Errorf("got %+v, %v", grant, err)
			}
		})
	}
	t.Run("passes the verifier's refusal on", func(t *testing.T) {
		t.Parallel()
		grant, err := admission.Admitter{Verifier: echo{token.ErrRefused}}.Admit(context.Background(), admission.Handshake{QueryToken: "a"})
		if !errors.Is(err, token.ErrRefused) || grant != (admission.Grant{}) {
			t.Errorf("got %+v, %v", grant, err)
		}
	})
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	allowed := admission.ParseOrigins(" https://app.example.com/, http://localhost:3000 ,,")
	if len(allowed) != 2 {
		t.Fatalf("got %q", allowed)
	}
	for _, c := range []struct {
		name    string
		origins []string
		origin  string
		allow   bool
	}{
		{"without a list every origin may connect", nil, "https://evil.example.com", true},
		{"an origin of the list may connect", allowed, "https://app.example.com", true},
		{"the case of an origin does not matter", allowed, "https://App.Example.com", true},
		{"a program without origin may connect", allowed, "", true},
		{"another origin may not", allowed, "https://evil.example.com", false},
		{"another scheme may not", allowed, "http://app.example.com", false},
		{"another port may not", allowed, "http://localhost:3001", false},
		{"a longer name may not", allowed, "https://app.example.com.evil.example.com", false},
		{"an opaque origin may not", allowed, "null", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := admission.Admitter{Verifier: echo{}, Origins: c.origins}
			_, err := a.Admit(context.Background(), admission.Handshake{Origin: c.origin, QueryToken: "a"})
			if (err == nil) != c.allow {
				t.Errorf("got %v", err)
			}
			if err != nil && (!errors.Is(err, admission.ErrOrigin) || !errors.Is(err, token.ErrRefused)) {
				t.Errorf("got %v", err)
			}
		})
	}
}
