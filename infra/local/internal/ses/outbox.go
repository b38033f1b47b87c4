package ses

import (
	"cmp"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
	"github.com/hermes-cdk/hermes/infra/local/internal/uuid"
)

// Limits of SES (https://docs.aws.amazon.com/ses/latest/dg/quotas.html).
const (
	maxRecipients = 50
	maxMessage    = 40 << 20
	// DefaultRate is the sending rate, in recipients a second, with which production access usually starts.
	DefaultRate = 14
)

// Options configure an Outbox.
type Options struct {
	Account string           // Default: 000000000000
	Region  string           // Default: us-east-1
	File    string           // keeps the mails, one JSON object a line (mode 0600). Default: in memory
	Rate    float64          // recipients a second, with a burst of one second. Default: DefaultRate
	Now     func() time.Time // Default: time.Now
	// Notify is called with the events of mails that were sent with a configuration set, in their order. It must not block
	// for long. Default: they are dropped.
	Notify func(Event)
}

// An Outbox accepts mail. It is safe for concurrent use.
type Outbox struct {
	account, region, file string
	now                   func() time.Time
	rate                  float64
	notify                func(Event)

	mu         sync.RWMutex
	sandbox    bool
	limit      *rate.Limiter
	sets       map[string][]string // events by configuration set
	identities map[string]bool     // by name; true once verified
	suppressed map[string]suppression
	messages   []Message
}

// New opens an outbox. It fails if the file cannot be read.
func New(o Options) (*Outbox, error) {
	if o.Rate <= 0 {
		o.Rate = DefaultRate
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	b := &Outbox{
		account: cmp.Or(o.Account, "000000000000"), region: cmp.Or(o.Region, "us-east-1"), file: o.File, now: o.Now, rate: o.Rate,
		limit:  newLimiter(o.Rate),
		notify: o.Notify, sets: map[string][]string{}, identities: map[string]bool{}, suppressed: map[string]suppression{},
	}
	return b, b.load()
}

// Send checks a mail as SES does and puts it into the outbox. It returns the message id, or the error of version 2 of the
// API.
func (b *Outbox) Send(m Message) (id string, failure *wire.Error) {
	if failure := b.check(&m); failure != nil {
		return "", failure
	}
	now := b.now().UTC()
	if failure := b.checkQuota(now, len(m.recipients())); failure != nil {
		return "", failure
	}
	m.Time, m.MessageID = now, newMessageID(now)
	if err := b.keep(&m); err != nil {
		return "", &wire.Error{Code: "InternalServiceErrorException", Message: "The outbox cannot be written.", Status: 500}
	}
	b.publish(&m)
	return m.MessageID, nil
}

func (b *Outbox) keep(m *Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	m.Outcomes = b.outcomes(m)
	if err := b.append(m); err != nil {
		return err
	}
	b.messages = append(b.messages, *m)
	return nil
}

func (b *Outbox) check(m *Message) *wire.Error {
	recipients := m.recipients()
	if len(recipients) == 0 {
		return bad("Destination is missing: no recipient is given.")
	}
	if len(recipients) > maxRecipients {
		return bad("Recipient count exceeds 50.")
	}
	for _, text := range append([]string{m.From}, recipients...) {
		if _, ok := bare(text); !ok {
			return bad("Missing final '@domain'")
		}
	}
	if failed := b.unverified(m); len(failed) > 0 {
		return &wire.Error{Code: "MessageRejected", Message: "Email address is not verified. The following identities failed the check in region " +
			strings.ToUpper(b.region) + ": " + strings.Join(failed, ", ")}
	}
	return b.checkSet(m.ConfigurationSet)
}

func bad(message string) *wire.Error {
	return &wire.Error{Code: "BadRequestException", Message: message}
}

// outcomes returns the recipients that would not receive the mail; the lock is held.
func (b *Outbox) outcomes(m *Message) map[string]string {
	var outcomes map[string]string
	for _, text := range m.recipients() {
		address, _ := bare(text)
		outcome := simulated(address)
		if _, ok := b.suppressed[address]; ok {
			outcome = "suppressed"
		}
		if outcome != "" {
			if outcomes == nil {
				outcomes = map[string]string{}
			}
			outcomes[address] = outcome
		}
	}
	return outcomes
}

// Messages returns the mails whose recipients and subject contain the texts ("" for any), oldest first.
func (b *Outbox) Messages(to, subject string) []Message {
	b.mu.RLock()
	defer b.mu.RUnlock()
	list := []Message{}
	for i := range b.messages {
		if b.messages[i].matches(to, subject) {
			list = append(list, b.messages[i])
		}
	}
	return list
}

func newMessageID(now time.Time) string {
	const hexDigits = "0123456789abcdef"
	milliseconds := now.UnixMilli()
	prefix := []byte("01000000000000")
	for i := len(prefix) - 1; i >= 3; i-- {
		prefix[i] = hexDigits[milliseconds&15]
		milliseconds >>= 4
	}
	return string(prefix) + "-" + uuid.New() + "-000000"
}
