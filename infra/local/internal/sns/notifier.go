package sns

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/uuid"
)

// A Notifier delivers what is published to topics of the peer to https, http and lambda subscriptions. It is safe for
// concurrent use.
type Notifier struct {
	config    Config
	peer      *peer
	store     *store
	authority *authority
	signer    *signer
	proxy     *proxy
	client    *http.Client
	journal   journal

	ctx      context.Context
	stop     context.CancelFunc
	starting sync.Mutex // between begin and Close
	running  sync.WaitGroup
	slots    chan struct{}
}

// maxDeliveries bounds the attempts in progress.
const maxDeliveries = 64

// New reads or creates the keys, reads the subscriptions of an earlier run and starts the proxy. Close ends it.
func New(config Config) (*Notifier, error) {
	config = config.withDefaults()
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("sns: new: %w", err)
	}
	now := config.Clock.Now()
	authority, err := openAuthority(config.DataDir, now)
	if err != nil {
		return nil, fmt.Errorf("sns: new: %w", err)
	}
	signer, err := openSigner(config.DataDir, authority, now)
	if err != nil {
		return nil, fmt.Errorf("sns: new: %w", err)
	}
	store, err := openStore(filepath.Join(config.DataDir, "subscriptions.json"))
	if err != nil {
		return nil, fmt.Errorf("sns: new: %w", err)
	}
	n := &Notifier{
		config: config, peer: newPeer(config.Peer), store: store, authority: authority, signer: signer,
		client: newDeliveryClient(authority), slots: make(chan struct{}, maxDeliveries),
	}
	n.ctx, n.stop = context.WithCancel(context.Background())
	n.proxy, err = startProxy(n)
	if err != nil {
		n.stop()
		return nil, fmt.Errorf("sns: new: %w", err)
	}
	return n, nil
}

// ProxyURL is the HTTPS_PROXY of functions.
func (n *Notifier) ProxyURL() string { return n.proxy.url }

// CAFile is the SSL_CERT_FILE of functions: the path of the local authority's certificate.
func (n *Notifier) CAFile() string { return n.authority.file }

// Close ends the proxy and every delivery. Those that wait for a retry are lost, and logged.
func (n *Notifier) Close() error {
	n.starting.Lock()
	n.stop()
	n.starting.Unlock()
	err := n.proxy.close()
	n.running.Wait()
	n.client.CloseIdleConnections()
	if err != nil {
		return fmt.Errorf("sns: close: %w", err)
	}
	return nil
}

// A Subscription is one of a template's: an AWS::SNS::Subscription.
type Subscription struct {
	TopicARN   string
	Protocol   string            // https, http, lambda or sqs
	Endpoint   string            // URL, function ARN or queue ARN
	Attributes map[string]string // RawMessageDelivery, RedrivePolicy, DeliveryPolicy (JSON texts), as in the API
}

// A PendingSubscription waits for its endpoint to confirm it; nothing is delivered to it.
type PendingSubscription struct {
	ARN      string `json:"arn"`
	TopicARN string `json:"topic"`
	Endpoint string `json:"endpoint"`
}

// Pending lists the subscriptions that are not confirmed. SNS sends a confirmation once: an endpoint that answered 4xx stays
// pending (https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html).
func (n *Notifier) Pending() []PendingSubscription {
	list := []PendingSubscription{}
	for _, r := range n.store.pending() {
		list = append(list, PendingSubscription{ARN: r.ARN, TopicARN: r.TopicARN, Endpoint: r.Endpoint})
	}
	return list
}

// AddSubscription creates a template's subscription, or finds it, and returns its ARN, which is the same in each run. An
// https subscription that is not confirmed yet is sent its SubscriptionConfirmation, so its endpoint should be up; one that
// was confirmed in an earlier run with the same data stays confirmed. For sqs the peer creates it, under its own ARN.
//
// Errors match ErrSubscription or ErrPeer.
func (n *Notifier) AddSubscription(ctx context.Context, s Subscription) (string, error) {
	arn, err := n.addSubscription(ctx, s)
	if err != nil {
		return "", fmt.Errorf("sns: add subscription of %s to %s: %w", s.Endpoint, s.TopicARN, err)
	}
	return arn, nil
}

func (n *Notifier) addSubscription(ctx context.Context, s Subscription) (string, error) {
	topic, err := n.peer.topic(ctx, s.TopicARN)
	if err != nil {
		return "", err
	}
	if s.Protocol == "sqs" {
		return n.peer.subscribeQueue(ctx, s)
	}
	record, err := n.newRecord(topic, s)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrSubscription, err)
	}
	record.ARN = s.TopicARN + ":" + uuid.Of(s.TopicARN, s.Protocol, s.Endpoint)
	record.Template = true
	if err := n.admit(topic, record); err != nil {
		return "", err
	}
	return record.ARN, nil
}

// admit stores record and, unless it is confirmed, sends its confirmation.
func (n *Notifier) admit(topic topic, record record) error {
	stored, ask, err := n.store.admit(record)
	if err != nil {
		return err
	}
	if ask {
		return n.askForConfirmation(topic, stored)
	}
	return nil
}

// timestamp is the current time as SNS writes it.
func (n *Notifier) timestamp() string { return formatTime(n.config.Clock.Now()) }

func formatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// regionOf returns the region of a valid ARN.
func regionOf(arn string) string { return strings.Split(arn, ":")[3] }
