package notificationhub

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/grant"
	"github.com/hermes-cdk/hermes/constructs/internal/lambdafn"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// newFunctions makes the functions without their permissions and without what depends on the API.
func (h *notificationHub) newFunctions() {
	h.functions = map[string]awslambda.Function{}
	for _, fn := range h.props.functions() {
		if fn.name == contract.FunctionAuthorize && h.props.Authorizer != nil {
			continue
		}
		h.functions[fn.name] = lambdafn.New(h, jsii.String(fn.id), &lambdafn.Props{
			Package:      "functions/notificationhub/" + fn.name,
			Description:  "Hermes hub: " + fn.description,
			Options:      fn.options.WithDefaults(fn.memory(), h.props.Architecture),
			Timeout:      fn.timeout,
			Variables:    h.environment(fn.name),
			LogRetention: h.props.LogRetention,
			Resources:    h.resources(),
		})
	}
}

// environment is what a function reads at its cold start, as far as it is known before the API.
func (h *notificationHub) environment(name string) map[string]*string {
	connections, rooms, messages := h.tables.connections.TableName(), h.tables.rooms.TableName(), h.tables.messages.TableName()
	switch name {
	case contract.FunctionAuthorize:
		env := map[string]*string{
			contract.EnvSecretARN:   h.secret.SecretArn(),
			contract.EnvTokensTable: h.tokens.TableName(),
			contract.EnvMetricsName: h.metricsName,
		}
		if len(h.props.AllowedOrigins) > 0 {
			env[contract.EnvAllowedOrigins] = jsii.String(strings.Join(h.props.AllowedOrigins, ","))
		}
		return env
	case contract.FunctionConnect:
		return map[string]*string{
			contract.EnvConnectionsTable: connections,
			contract.EnvConnectionTTL:    inSeconds(cmp.Or(h.props.ConnectionRetention, contract.DefaultConnectionTTL)),
		}
	case contract.FunctionDisconnect:
		return map[string]*string{contract.EnvConnectionsTable: connections, contract.EnvMetricsName: h.metricsName}
	case contract.FunctionSend:
		return map[string]*string{contract.EnvQueueURL: h.queue.QueueUrl()}
	case contract.FunctionDefault:
		return map[string]*string{contract.EnvRoomsTable: rooms, contract.EnvMessagesTable: messages, contract.EnvMetricsName: h.metricsName}
	case contract.FunctionBroadcast:
		return map[string]*string{
			contract.EnvConnectionsTable: connections,
			contract.EnvRoomsTable:       rooms,
			contract.EnvMessagesTable:    messages,
			contract.EnvQueueURL:         h.queues.intake.QueueUrl(),
			contract.EnvDeadLetterURL:    h.queues.dead.QueueUrl(),
			contract.EnvFanoutURL:        h.queues.fanout.QueueUrl(),
			contract.EnvHistoryTTL:       inSeconds(h.historyRetention()),
			contract.EnvPostRate:         h.postRate(h.props.Broadcast, smallRooms),
			contract.EnvMetricsName:      h.metricsName,
		}
	default: // deliver
		return map[string]*string{
			contract.EnvConnectionsTable: connections,
			contract.EnvFanoutURL:        h.queues.fanout.QueueUrl(),
			contract.EnvFanoutDeadURL:    h.queues.fanoutDead.QueueUrl(),
			contract.EnvPostRate:         h.postRate(h.props.Deliver, largeRooms),
			contract.EnvMetricsName:      h.metricsName,
		}
	}
}

// Thirds of the share of the quota: broadcast delivers to small rooms, deliver to large ones. The two cannot lend each other what
// they do not use, as nothing says what an instance uses at the moment; so that they keep to the share when both are busy, each
// keeps to a part of it. A large room is where the rate decides how long a delivery takes.
const (
	smallRooms = 1
	largeRooms = 2
)

// postRate is what one instance of a function may post a second, for all of them to keep to their thirds of the share.
func (h *notificationHub) postRate(options FunctionOptions, thirds int) *string {
	quota, share := h.connectionsQuota(), cmp.Or(h.props.ConnectionsShare, 70)
	instances := cmp.Or(options.MaxConcurrency, grant.DefaultMaxConcurrency)
	return jsii.String(strconv.Itoa(max(1, quota*share*thirds/(300*instances))))
}

func (h *notificationHub) connectionsQuota() int { return cmp.Or(h.props.ConnectionsQuota, 10_000) }

func (h *notificationHub) historyRetention() time.Duration {
	if h.props.DisableHistory {
		return 0
	}
	return cmp.Or(h.props.HistoryRetention, 24*time.Hour)
}

func inSeconds(d time.Duration) *string {
	return jsii.String(strconv.FormatInt(int64(d/time.Second), 10))
}
