package edge

import (
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/hermes-cdk/hermes/infra/local/internal/clock"
)

// Services is what an API needs from the rest of the local stage.
type Services struct {
	Account   Account
	Invoker   Invoker     // required
	Authorize Authorize   // default: denies everyone
	Meter     Meter       // default: NoMeter
	Faults    Injector    // default: NoFaults
	Clock     clock.Clock // default: the machine's
	Random    io.Reader   // default: crypto/rand.Reader
	Log       *slog.Logger

	// AccountLimits and ConnectionLimits default to AWS's quotas.
	AccountLimits    Limits
	ConnectionLimits Limits

	// Set by WithDefaults, and shared by all APIs that are given the same Services.
	IDs         *IDs
	Requests    *Throttle // requests, messages and @connections calls of the account
	Connections *Throttle // new WebSocket connections of the account
}

// ErrNoInvoker refuses Services that cannot run functions.
var ErrNoInvoker = errors.New("no invoker given")

// WithDefaults fills in defaults. Call it once and hand the result to every API of the account, so that they share its
// throttles.
func (s Services) WithDefaults() (Services, error) {
	if s.Invoker == nil {
		return s, ErrNoInvoker
	}
	s.Account = s.Account.WithDefaults()
	if s.Authorize == nil {
		s.Authorize = refuseEveryone
	}
	if s.Meter == nil {
		s.Meter = NoMeter{}
	}
	if s.Faults == nil {
		s.Faults = NoFaults{}
	}
	if s.Clock == nil {
		s.Clock = clock.System{}
	}
	if s.Random == nil {
		s.Random = rand.Reader
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	s.share()
	return s, nil
}

func (s *Services) share() {
	if s.IDs == nil {
		s.IDs = NewIDs(s.Random)
	}
	if s.Requests == nil {
		s.Requests = NewThrottle(s.AccountLimits.Or(DefaultAccountLimits), s.Clock)
	}
	if s.Connections == nil {
		s.Connections = NewThrottle(s.ConnectionLimits.Or(DefaultConnectionLimits), s.Clock)
	}
}

func refuseEveryone(*http.Request, []byte, string, string) (Caller, error) {
	return Caller{}, errors.New("Missing Authentication Token") //nolint:staticcheck // AWS's wording
}
