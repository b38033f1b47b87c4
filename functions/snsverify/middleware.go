package snsverify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
)

// contextKey is where Middleware leaves the message.
type contextKey struct{}

// FromContext returns the message that Middleware verified for this request.
func FromContext(ctx context.Context) (Message, bool) {
	message, ok := ctx.Value(contextKey{}).(Message)
	return message, ok
}

// Middleware lets only verified deliveries through to next, which finds the message with FromContext. The request's
// body is spent: what was verified is the message, not what another reader may make of the bytes.
//
// Others are answered by StatusCode's table with the status' text and no reason (WithLogger logs it): 401 when
// x-amz-sns-message-type is missing, unknown or contradicts the body; 400, 413, 403 and 503 as there; 405 for another
// method than POST.
func (v *Verifier) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			refuse(w, http.StatusMethodNotAllowed)
			return
		}
		message, err := v.read(r)
		if err != nil {
			status := StatusCode(err)
			v.logger.LogAttrs(r.Context(), slog.LevelWarn, "sns delivery refused",
				slog.Int("status", status), slog.String("reason", err.Error()))
			refuse(w, status)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), contextKey{}, message)))
	})
}

func (v *Verifier) read(r *http.Request) (Message, error) {
	if err := CheckDelivery(r.Header); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, v.maxBytes+1))
	var tooLarge *http.MaxBytesError // of a handler before this one
	switch {
	case errors.As(err, &tooLarge):
		return nil, fmt.Errorf("snsverify: read: %w: %w", ErrTooLarge, err)
	case err != nil:
		return nil, fmt.Errorf("snsverify: read: %w: %w", ErrRead, err)
	}
	return v.Verify(r.Context(), body, r.Header)
}

func refuse(w http.ResponseWriter, status int) {
	http.Error(w, http.StatusText(status), status)
}
