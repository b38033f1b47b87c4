package ses

import (
	"net/http"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
)

// A suppression is why and since when an address receives no mail.
type suppression struct {
	reason string // BOUNCE or COMPLAINT
	since  time.Time
}

// putSuppression serves PutSuppressedDestination
// (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutSuppressedDestination.html).
func (b *Outbox) putSuppression(w http.ResponseWriter, r *http.Request) {
	var in struct{ EmailAddress, Reason string }
	if e := readJSON(r, &in); e != nil {
		wire.RESTJSON.WriteError(w, e)
		return
	}
	address, ok := bare(in.EmailAddress)
	if !ok || in.Reason != "BOUNCE" && in.Reason != "COMPLAINT" {
		wire.RESTJSON.WriteError(w, bad("EmailAddress must be an address and Reason BOUNCE or COMPLAINT."))
		return
	}
	b.mu.Lock()
	b.suppressed[address] = suppression{reason: in.Reason, since: b.now()}
	b.mu.Unlock()
	_ = wire.RESTJSON.WriteJSON(w, struct{}{})
}

// oneSuppression serves GetSuppressedDestination and DeleteSuppressedDestination.
func (b *Outbox) oneSuppression(w http.ResponseWriter, r *http.Request, text string) {
	address, _ := bare(text)
	b.mu.Lock()
	found, ok := b.suppressed[address]
	if r.Method == http.MethodDelete {
		delete(b.suppressed, address)
	}
	b.mu.Unlock()
	switch {
	case !ok:
		wire.RESTJSON.WriteError(w, &wire.Error{
			Code: "NotFoundException", Status: 404,
			Message: "Email address " + text + " does not exist on your suppression list.",
		})
	case r.Method == http.MethodDelete:
		_ = wire.RESTJSON.WriteJSON(w, struct{}{})
	default:
		_ = wire.RESTJSON.WriteJSON(w, map[string]any{"SuppressedDestination": map[string]any{
			"EmailAddress": address, "Reason": found.reason, "LastUpdateTime": found.since.Unix(),
		}})
	}
}
