package fanout

import (
	"slices"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// Split returns the chunks of a delivery to connections: at most contract.SmallRoom of them each. A run of the
// room's log is small enough that it fits the 1 MiB of SQS with the connections beside it.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
func Split(d hub.Delivery, connections []hub.Connection, attempt int) []Chunk {
	var chunks []Chunk
	for part := range slices.Chunk(connections, contract.SmallRoom) {
		chunks = append(chunks, Chunk{Delivery: d, Connections: chunkConnections(part), Attempt: attempt})
	}
	return chunks
}

func chunkConnections(connections []hub.Connection) []Connection {
	out := make([]Connection, len(connections))
	for i, c := range connections {
		out[i] = Connection{ID: c.ID, Protocol: c.Protocol, ConnectedAt: c.ConnectedAt.UnixMilli(), After: c.After}
	}
	return out
}
