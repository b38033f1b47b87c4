// Package admission decides who may open a connection. It checks the page's origin, finds the token in the handshake, and
// verifies it: a JWT signed with HS512 that names a user and a room, with a second factor inside it that must match a
// stored row, so that one token can be revoked without changing the key.
package admission

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hermes-cdk/hermes/functions/internal/token"
)

// A Handshake is what a client presents.
type Handshake struct {
	QueryToken string // the value of ?token=
	Protocols  string // the header Sec-WebSocket-Protocol
	Origin     string // the header Origin; only browsers send it
}

// A TokenVerifier verifies a token; *Verifier is one.
type TokenVerifier interface {
	Verify(ctx context.Context, raw string) (Claims, error)
}

// A Grant is what an admitted client may do, and the protocol it speaks.
type Grant struct {
	Claims   Claims
	Protocol string // contract.Subprotocol, or "" for a classic client
}

// An Admitter admits clients.
type Admitter struct {
	Verifier TokenVerifier
	Origins  []string // allowed origins, such as https://app.example.com; if empty, every origin is allowed
}

// Admit returns what the client may do. An error that wraps token.ErrRefused is the client's; any other is the hub's.
func (a Admitter) Admit(ctx context.Context, h Handshake) (Grant, error) {
	if !a.allows(h.Origin) {
		return Grant{}, token.Refuse(fmt.Errorf("%w: %.100q", ErrOrigin, h.Origin))
	}
	offered := ParseProtocols(h.Protocols)
	claims, err := a.Verifier.Verify(ctx, offered.tokenOr(h.QueryToken))
	if err != nil {
		return Grant{}, err
	}
	return Grant{Claims: claims, Protocol: offered.Protocol}, nil
}

// allows ignores case, as scheme and host do. A missing header is allowed: only a browser can be made to open a connection
// against its user's will, and a browser always sends it.
// https://www.rfc-editor.org/rfc/rfc6455#section-10.2
func (a Admitter) allows(origin string) bool {
	if len(a.Origins) == 0 || origin == "" {
		return true
	}
	return slices.ContainsFunc(a.Origins, func(allowed string) bool { return strings.EqualFold(allowed, origin) })
}
