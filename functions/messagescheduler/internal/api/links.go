package api

import (
	"context"
	"fmt"
	"html"
	"net/http"
)

// pageHeaders keep the page from being framed or cached, and its address, which is a credential, from leaking.
var pageHeaders = map[string]string{
	"content-type":            "text/html; charset=utf-8",
	"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
	"referrer-policy":         "no-referrer",
}

const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%s</title>` +
	`<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.5rem 1.5rem}</style>` +
	`</head><body><main><p>%s</p>%s</main></body></html>`

// form renders a question and a button. Opening a link changes nothing, because mail scanners open every link.
// https://www.rfc-editor.org/rfc/rfc8058#section-1
func (s subscriberRoutes) form(purpose, question, button string) route {
	return func(ctx context.Context, r request) (response, error) {
		group, id, signature := r.query("group"), r.query("subscriber"), r.query("signature")
		if err := s.register.Links.Verify(ctx, purpose, group, id, signature); err != nil {
			return response{}, err
		}
		text := html.EscapeString(fmt.Sprintf(question, group))
		return pageOf(text, `<form method="post"><button>`+button+`</button></form>`), nil
	}
}

// follow does what the link is for. The body that mail clients send, List-Unsubscribe=One-Click, adds nothing to the
// link.
func (s subscriberRoutes) follow(do func(ctx context.Context, group, id, signature string) error, outcome string) route {
	return func(ctx context.Context, r request) (response, error) {
		group := r.query("group")
		if err := do(ctx, group, r.query("subscriber"), r.query("signature")); err != nil {
			return response{}, err
		}
		return pageOf(html.EscapeString(fmt.Sprintf(outcome, group)), ""), nil
	}
}

func pageOf(text, rest string) response {
	return response{status: http.StatusOK, headers: pageHeaders, text: fmt.Sprintf(page, text, text, rest)}
}
