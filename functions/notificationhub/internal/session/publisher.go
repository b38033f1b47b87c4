package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/hermes-cdk/hermes/functions/internal/plainjson"
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/frame"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// A Publisher handles sendMessage: it puts a client's message on the intake queue.
type Publisher struct {
	Intake queue.Sender
	NewID  func() string // names a message that the client did not name; hub.NewMessageID
	Log    *slog.Logger
}

// Publish handles a sendMessage frame and returns the answer, or nil for a classic client that does not wait for one.
func (p Publisher) Publish(ctx context.Context, caller hub.Caller, body []byte) []byte {
	f, err := frame.Parse(body)
	if err != nil {
		return frame.Error(f.Ref, frame.CodeBadRequest, err.Error())
	}
	publication, refusal := publicationOf(caller, f)
	if refusal != nil {
		return refusal
	}
	if publication.ID == "" {
		publication.ID = p.NewID() // so that a call to SQS that is made again, because its answer was lost, sends one message
	}
	if err := p.enqueue(ctx, publication); err != nil {
		p.Log.ErrorContext(ctx, "message not queued", "room_id", publication.RoomID, "error", err)
		return frame.Error(f.Ref, frame.CodeUnavailable, "the message could not be queued: send it again")
	}
	p.Log.InfoContext(ctx, "message queued", "room_id", publication.RoomID, "message_id", publication.ID)
	if caller.Protocol != contract.Subprotocol && f.Ref == "" {
		return nil
	}
	return frame.OK(f.Ref)
}

// publicationOf returns the publication, or the frame that refuses it.
func publicationOf(caller hub.Caller, f frame.Client) (contract.Publication, []byte) {
	room := f.RoomID
	if room == "" {
		room = caller.RoomID
	}
	if caller.UserID == "" || room != caller.RoomID {
		return contract.Publication{}, frame.Error(f.Ref, frame.CodeForbidden, fmt.Sprintf("the token does not open room %q", room))
	}
	if len(f.ToUserID) > 0 {
		return contract.Publication{}, frame.Error(f.Ref, frame.CodeForbidden, "to_user_id is for backends: a client speaks to its room")
	}
	p := contract.Publication{UserID: caller.UserID, RoomID: room, Data: f.Data}
	if f.ID != "" {
		p.ID = hub.ClientMessageID(caller.UserID, f.ID)
	}
	if err := p.Validate(); err != nil {
		code := frame.CodeBadRequest
		if errors.Is(err, contract.ErrTooLarge) {
			code = frame.CodeTooLarge
		}
		return contract.Publication{}, frame.Error(f.Ref, code, err.Error())
	}
	return p, nil
}

func (p Publisher) enqueue(ctx context.Context, publication contract.Publication) error {
	body, err := plainjson.Marshal(publication)
	if err != nil {
		return fmt.Errorf("session: publication: %w", err)
	}
	m := queue.Message{Body: string(body), Group: queue.Group(publication.RoomID)}
	if err := errors.Join(p.Intake.Send(ctx, []queue.Message{m})...); err != nil {
		return fmt.Errorf("session: intake queue: %w", err)
	}
	return nil
}
