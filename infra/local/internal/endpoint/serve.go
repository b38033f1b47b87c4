package endpoint

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/operation"
	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/sigv4"
	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
	"github.com/hermes-cdk/hermes/infra/local/internal/faultinjection"
	"github.com/hermes-cdk/hermes/infra/local/internal/meter"
)

// maxBody is the largest body, except of S3, whose bodies are streamed: DynamoDB takes 16 MB, SES 40 MB of mail.
const maxBody = 64 << 20

// kinds are the faults that can be injected into a call here.
var kinds = []faultinjection.Kind{faultinjection.Error, faultinjection.Throttle, faultinjection.Delay, faultinjection.Drop}

// ServeHTTP serves a call to the AWS API.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	signed, err := sigv4.Parse(r)
	if err != nil {
		protocol := unsignedProtocol(r)
		protocol.WriteError(w, authError("", protocol, err))
		return
	}
	protocol := operation.ProtocolOf(signed.Service, r)
	in, p, failure := f.admit(w, r, &signed, protocol)
	if failure != nil {
		protocol.WriteError(w, failure)
		return
	}
	handler := f.services[signed.Service]
	if handler == nil {
		protocol.WriteError(w, &wire.Error{
			Code: "NotImplemented", Status: http.StatusNotImplemented,
			Message: "The local stage has no service " + signed.Service + ".",
		})
		return
	}
	c := &call{caller: p.caller, op: f.identifier.Identify(in), host: r.Host}
	c.units = c.op.Units
	f.dispatch(w, r.WithContext(context.WithValue(r.Context(), callKey{}, c)), handler, c)
}

// admit reads as much of the request as its signature covers, and verifies it.
func (f *Front) admit(w http.ResponseWriter, r *http.Request, signed *sigv4.Signed, protocol wire.Protocol) (*operation.Request, *principal, *wire.Error) {
	if signed.Service == "s3" {
		return f.admitS3(w, r, signed)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, nil, unreadable(err)
	}
	p, err := f.verify(r, signed, sigv4.HashPayload(body))
	if err != nil {
		return nil, nil, authError(signed.Service, protocol, err)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return &operation.Request{Service: signed.Service, HTTP: r, Body: body}, p, nil
}

func unreadable(err error) *wire.Error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return &wire.Error{Code: "RequestEntityTooLarge", Message: "The request is too large.", Status: http.StatusRequestEntityTooLarge}
	}
	return &wire.Error{Code: "RequestTimeout", Message: "The body could not be read: " + err.Error(), Status: http.StatusBadRequest}
}

// dispatch injects faults, authorizes the call, serves it, and meters it.
func (f *Front) dispatch(w http.ResponseWriter, r *http.Request, handler http.Handler, c *call) {
	op, function := &c.op, c.caller.Function
	injected := f.faults.Inject(op.Service, op.Name, function, kinds...)
	switch injected.Kind {
	case faultinjection.Error:
		op.Protocol.WriteError(w, serverError(op.Service))
		return
	case faultinjection.Throttle:
		op.Protocol.WriteError(w, throttled(op))
		return
	case faultinjection.Delay:
		if !pause(r.Context(), injected.Delay) {
			return
		}
	}
	if denied := f.authorizeOperation(c.caller, op); denied != nil {
		op.Protocol.WriteError(w, denied)
		return
	}
	out := &counter{ResponseWriter: w}
	if injected.Kind == faultinjection.Drop {
		out.ResponseWriter = &discard{header: http.Header{}}
	}
	handler.ServeHTTP(out, r)
	if op.Service == "sqs" {
		// SQS bills by the size of responses too (https://aws.amazon.com/sqs/pricing/).
		c.units = max(c.units, meter.Chunks(out.bytes, meter.RequestChunk))
	}
	f.meter.Count(function, op.Service, op.Name, c.units)
	if injected.Kind == faultinjection.Drop {
		panic(http.ErrAbortHandler) // cuts the connection without an answer
	}
}

// pause waits; false if the caller disconnects.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// A counter counts the bytes written.
type counter struct {
	http.ResponseWriter
	bytes int
}

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// discard receives a response that is to be lost.
type discard struct{ header http.Header }

// Header implements http.ResponseWriter.
func (d *discard) Header() http.Header { return d.header }

// Write implements http.ResponseWriter.
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader implements http.ResponseWriter.
func (d *discard) WriteHeader(int) {}
