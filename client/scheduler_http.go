package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// What the scheduler's API can answer. An APIError unwraps to one of them.
var (
	ErrBadRequest   = errors.New("a field breaks a rule")                // 400
	ErrUnauthorized = errors.New("the token is not accepted")            // 401, 403
	ErrNotFound     = errors.New("no such group, message or subscriber") // 404
	ErrTooLate      = errors.New("the message is being sent, is finished, or the idempotency key is another's")
	ErrETag         = errors.New("the message has changed since") // 412
	ErrUnavailable  = errors.New("the scheduler does not answer as it should")
)

// An APIError is an answer of the scheduler's API other than 2xx.
type APIError struct {
	Status  int
	Message string `json:"message"`

	// Of ErrBadRequest: which field, what it holds, and which rule that breaks.
	Field string `json:"field"`
	Value string `json:"value"`
	Rule  string `json:"rule"`
}

// Error shows status and message.
func (e *APIError) Error() string { return fmt.Sprintf("status %d: %s", e.Status, e.Message) }

// Unwrap returns the kind of the answer.
func (e *APIError) Unwrap() error {
	switch e.Status {
	case http.StatusBadRequest:
		return ErrBadRequest
	case http.StatusUnauthorized, http.StatusForbidden:
		return ErrUnauthorized
	case http.StatusNotFound:
		return ErrNotFound
	case http.StatusConflict:
		return ErrTooLate
	case http.StatusPreconditionFailed:
		return ErrETag
	case http.StatusRequestEntityTooLarge:
		return ErrTooLarge
	default:
		return ErrUnavailable
	}
}

// retryable reports whether the same call may succeed later.
func (e *APIError) retryable() bool {
	return e.Status >= http.StatusInternalServerError || e.Status == http.StatusTooManyRequests
}

// maxAnswer bounds what is read of an answer: API Gateway's limit.
const maxAnswer = 10 << 20

// call makes a call, again if that can help, and reads the answer into out.
func (s *Scheduler) call(ctx context.Context, method string, at target, etag string, body, out any) (http.Header, error) {
	if at.err != nil {
		return nil, fmt.Errorf("client: %s: %w", method, at.err)
	}
	path := at.path
	var payload []byte
	if body != nil {
		var err error
		if payload, err = json.Marshal(body); err != nil {
			return nil, fmt.Errorf("client: %s %s: %w", method, path, err)
		}
	}
	var err error
	for try := range s.tries {
		if try > 0 {
			if waitErr := s.backoff.wait(ctx, try-1); waitErr != nil {
				return nil, fmt.Errorf("client: %s %s: %w", method, path, errors.Join(waitErr, err))
			}
		}
		var headers http.Header
		if headers, err = s.once(ctx, method, path, etag, payload, out); err == nil {
			return headers, nil
		}
		var answer *APIError
		if ctx.Err() != nil || (errors.As(err, &answer) && !answer.retryable()) {
			break
		}
	}
	return nil, fmt.Errorf("client: %s %s: %w", method, path, err)
}

func (s *Scheduler) once(ctx context.Context, method, path, etag string, payload []byte, out any) (http.Header, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.base+path, bytes.NewReader(payload))
	if err != nil {
		return nil, err
	}
	bearer, err := s.bearer(ctx)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+bearer)
	if payload != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if etag != "" {
		request.Header.Set("If-Match", etag)
	}
	answer, err := s.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close() //nolint:errcheck // it has been read
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	if answer.StatusCode/100 != 2 {
		failed := &APIError{}
		if json.Unmarshal(text, failed) != nil || failed.Message == "" {
			failed.Message = http.StatusText(answer.StatusCode)
		}
		failed.Status = answer.StatusCode
		return nil, failed
	}
	if out == nil {
		return answer.Header, nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return answer.Header, nil
}
