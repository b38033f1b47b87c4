package subscribers_test

import (
	"context"
	"errors"
	"log/slog"
	"net/mail"
	"net/url"
	"strings"
	"testing"

	"github.com/hermes-cdk/hermes/functions/internal/token"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedulertest"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/subscribers"
)

func TestValidAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"ada@example.com": true, "a.b+c_d'e@sub.example.co.uk": true, "a@xn--bcher-kva.example": true, "a@b.xn--p1ai": true,
		"": false, "ada": false, "@example.com": false, "ada@": false, "ada@localhost": false, "a b@example.com": false, "a@b@example.com": false,
		".a@example.com": false, "a..b@example.com": false, "a@-b.com": false, "a@b..com": false, "Ada <ada@example.com>": false,
		"a@example.com\r\nBcc: x@example.com": false, `"a b"@example.com`: false, "a@[127.0.0.1]": false, "ä@example.com": false, "a@127.0.0.1": false,
		strings.Repeat("a", 65) + "@example.com": false, "a@" + strings.Repeat("b.", 130) + "com": false,
	} {
		if got := subscribers.ValidAddress(address); got != want {
			t.Errorf("%q: got %v", address, got)
		}
	}
}

func FuzzValidAddress(f *testing.F) {
	f.Add("ada@example.com")
	f.Add("\"a\"@example.com")
	f.Fuzz(func(t *testing.T, address string) {
		if !subscribers.ValidAddress(address) {
			return
		}
		if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address || strings.ContainsAny(address, "\r\n,;<> ") {
			t.Errorf("%q: %v", address, err)
		}
	})
}

type keys struct{ now token.Keys }

func (k *keys) Keys(context.Context) (token.Keys, error)    { return k.now, nil }
func (k *keys) Refresh(context.Context) (token.Keys, error) { return k.now, nil }

func signature(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("signature")
}

func TestLinks(t *testing.T) {
	t.Parallel()
	k := &keys{token.Keys{Signing: []byte(strings.Repeat("a", 64))}}
	links := subscribers.Links{Keys: k, Base: "https://api"}
	link, err := links.Unsubscribe(t.Context(), "g", "id")
	if err != nil || !strings.HasPrefix(link, "https://api/unsubscribe?group=g&signature=") {
		t.Fatal(link, err)
	}
	old := signature(t, link)
	good := func(group, id, sig string) bool {
		return links.Verify(t.Context(), subscribers.PurposeUnsubscribe, group, id, sig) == nil
	}
	if !good("g", "id", old) || good("h", "id", old) || good("g", "i", old) || good("g", "id", "") || good("g\x00i", "d", old) {
		t.Error("a link is good for what it was made for, and nothing else")
	}
	k.now = token.Keys{Signing: []byte(strings.Repeat("b", 64)), Previous: k.now.Signing}
	if !good("g", "id", old) {
		t.Error("a link outlives a rotation")
	}
	k.now.Link = []byte(strings.Repeat("l", 64))
	link, _ = links.Unsubscribe(t.Context(), "g", "id")
	k.now = token.Keys{Signing: []byte(strings.Repeat("z", 64)), Link: k.now.Link}
	if !good("g", "id", signature(t, link)) || good("g", "id", old) {
		t.Error("with a key of its own a link outlives all rotations")
	}
}

func TestDoubleOptIn(t *testing.T) {
	t.Parallel()
	sim := schedulertest.New()
	links := subscribers.Links{Keys: &keys{token.Keys{Signing: []byte(strings.Repeat("a", 64))}}, Base: "https://api"}
	register := &subscribers.Register{
		Store: sim.Subscribers, Groups: sim.Messages, Links: links, Confirms: sim.Mailer, Now: sim.Clock.Now, Log: slog.New(slog.DiscardHandler),
	}
	s, added, err := register.Add(t.Context(), "g", subscribers.Request{Email: "ada@example.com"})
	if err != nil || !added || s.Status != subscribers.StatusPending || s.Receives() {
		t.Fatalf("got %+v, %v, %v", s, added, err)
	}
	mails := sim.Mailer.Sent()
	if len(mails) != 1 || mails[0].To != "ada@example.com" || !strings.Contains(mails[0].Text, "https://api/confirm?group=g") {
		t.Fatalf("got %+v", mails)
	}
	link, err := links.Confirm(t.Context(), "g", s.ID)
	if err != nil {
		t.Fatal(err)
	}
	status := func() string {
		got, _, _ := sim.Subscribers.Get(t.Context(), "g", s.ID)
		return got.Status
	}
	if err := register.Confirm(t.Context(), "g", s.ID, "forged"); !errors.Is(err, subscribers.ErrLink) || status() != subscribers.StatusPending {
		t.Errorf("got %v, %s", err, status())
	}
	if err := register.Confirm(t.Context(), "g", s.ID, signature(t, link)); err != nil || status() != subscribers.StatusActive {
		t.Errorf("got %v, %s", err, status())
	}
	if _, err := sim.Subscribers.SetStatus(t.Context(), "g", s.ID, subscribers.StatusUnsubscribed); err != nil {
		t.Fatal(err)
	}
	if err := register.Confirm(t.Context(), "g", s.ID, signature(t, link)); err != nil || status() != subscribers.StatusUnsubscribed {
		t.Errorf("an old link brought them back: %v, %s", err, status())
	}
}
