package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/frame"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/roomlog"
)

// A Responder answers hello, ping, history, and every frame that has no route of its own.
type Responder struct {
	Rows    roomlog.Store
	Now     func() time.Time
	Log     *slog.Logger
	Metrics *metrics.Emitter
}

// Respond answers one frame.
func (r Responder) Respond(ctx context.Context, caller hub.Caller, body []byte) []byte {
	f, err := frame.Parse(body)
	if err != nil {
		return frame.Error(f.Ref, frame.CodeBadRequest, badRequest(err))
	}
	answer, err := r.answer(ctx, caller, f)
	if err != nil {
		r.Log.ErrorContext(ctx, "frame not answered", "action", f.Action, "error", err)
		return frame.Error(f.Ref, frame.CodeUnavailable, "the hub could not answer: ask again")
	}
	return answer
}

func (r Responder) answer(ctx context.Context, caller hub.Caller, f frame.Client) ([]byte, error) {
	switch f.Action {
	case contract.RouteHello:
		return r.welcome(ctx, caller, f)
	case contract.RoutePing:
		return r.pong(ctx, caller, f)
	case contract.RouteHistory:
		return r.history(ctx, caller, f)
	default:
		return frame.Error(f.Ref, frame.CodeUnknownAction, fmt.Sprintf("unknown action %.64q; %s", f.Action, knownActions())), nil
	}
}

func (r Responder) welcome(ctx context.Context, caller hub.Caller, f frame.Client) ([]byte, error) {
	positions, err := r.positions(ctx, caller)
	if err != nil {
		return nil, fmt.Errorf("session: welcome: %w", err)
	}
	return frame.Welcome{
		Ref: f.Ref, ConnectionID: caller.ConnectionID, UserID: caller.UserID, ExpiresAt: caller.ExpiresAt, Positions: positions,
	}.Encode()
}

// pong says how far the rooms have come, so that a client finds out what was lost in a room that has been quiet since.
func (r Responder) pong(ctx context.Context, caller hub.Caller, f frame.Client) ([]byte, error) {
	positions, err := r.positions(ctx, caller)
	if err != nil {
		return nil, fmt.Errorf("session: pong: %w", err)
	}
	return frame.Pong(f.Ref, positions)
}

func (r Responder) positions(ctx context.Context, caller hub.Caller) (map[string]hub.Position, error) {
	tail, err := roomlog.Tail(ctx, r.Rows, caller.RoomID, r.Now())
	return map[string]hub.Position{caller.RoomID: tail}, err
}

// badRequest returns the error's text, and for a client that does not speak the protocol at all, the known actions.
func badRequest(err error) string {
	if errors.Is(err, frame.ErrNotJSON) {
		return err.Error() + "; " + knownActions()
	}
	return err.Error()
}

func knownActions() string {
	return "known actions are " + strings.Join(contract.Actions(), ", ")
}
