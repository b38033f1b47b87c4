package fanout

import (
	"slices"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// maxMessageBytes bounds the messages of one chunk, so that with the connections the body stays within the 1 MiB of SQS.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const maxMessageBytes = 640 * 1024

// Split returns the chunks that deliver every message to every connection: at most contract.SmallRoom connections each,
// and no more messages than fit one queue message.
func Split(roomID string, messages []hub.Message, connections []hub.Connection, attempt int) []Chunk {
	var chunks []Chunk
	for part := range slices.Chunk(connections, contract.SmallRoom) {
		for _, some := range splitMessages(messages) {
			chunks = append(chunks, Chunk{RoomID: roomID, Messages: some, Connections: chunkConnections(part), Attempt: attempt})
		}
	}
	return chunks
}

func splitMessages(messages []hub.Message) [][]hub.Message {
	var parts [][]hub.Message
	first, size := 0, 0
	for i, m := range messages {
		n := encodedBound(m)
		if size+n > maxMessageBytes && i > first {
			parts = append(parts, messages[first:i])
			first, size = i, 0
		}
		size += n
	}
	return append(parts, messages[first:])
}

// encodedBound bounds the length of m's JSON, in which a byte of a string may take six.
func encodedBound(m hub.Message) int {
	const envelope = 256
	return len(m.Data) + 6*(len(m.ID)+len(m.UserID)+len(m.RoomID)) + envelope
}

func chunkConnections(connections []hub.Connection) []Connection {
	out := make([]Connection, len(connections))
	for i, c := range connections {
		out[i] = Connection{ID: c.ID, Protocol: c.Protocol, ConnectedAt: c.ConnectedAt.UnixMilli()}
	}
	return out
}
