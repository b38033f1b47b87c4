package bench

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/internal/peertest"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/directory"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/store"
)

const (
	// life of a connection at most: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
	life = 2 * time.Hour
	// partitionReads is what one partition gives a second.
	partitionReads = 3000
)

// metered adds up the read units of queries.
type metered struct {
	*dynamodb.Client
	units float64
}

func (m *metered) Query(ctx context.Context, in *dynamodb.QueryInput, options ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.Query(ctx, in, options...)
	if err == nil {
		m.units += aws.ToFloat64(out.ConsumedCapacity.CapacityUnits)
	}
	return out, err
}

// BenchmarkReads publishes ten messages a second for a minute to a room whose connections live for two hours, and counts the read
// units of its partition: with a read of the room for each message, and with the directory of one worker.
func BenchmarkReads(b *testing.B) {
	for _, connections := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("connections=%d", connections), func(b *testing.B) { benchmarkReads(b, connections) })
	}
}

func benchmarkReads(b *testing.B, connections int) {
	meter := &metered{Client: peertest.Dynalite(b)}
	peertest.CreateTable(b, meter.Client, &dynamodb.CreateTableInput{
		TableName:            aws.String("connections"),
		KeySchema:            peertest.Key(contract.AttributeRoomID, contract.AttributeConnectionID),
		AttributeDefinitions: peertest.Strings(contract.AttributeRoomID, contract.AttributeConnectionID),
	})
	clock := clock.NewFake()
	table := store.Connections{Client: meter, Table: "connections", TTL: life}
	add := func(n int, at time.Time) {
		c := hub.Connection{
			ID: fmt.Sprintf("L0SM9cOF%06dA=", n), RoomID: "orders-2026", UserID: fmt.Sprintf("user-%06d", n),
			Protocol: contract.Subprotocol, ConnectedAt: at,
		}
		if err := table.Add(context.Background(), c); err != nil {
			b.Fatal(err)
		}
	}
	gap := life / time.Duration(connections) // between two who connect
	for n := range connections {
		add(n, clock.Now().Add(-gap*time.Duration(connections-n)))
	}
	kept := directory.New(table, clock.Now)
	nobody := func([]hub.Connection) error { return nil }
	read := func(each func(context.Context, string, string, func([]hub.Connection) error) error) float64 {
		before := meter.units
		if err := each(context.Background(), "orders-2026", "", nobody); err != nil {
			b.Fatal(err)
		}
		return meter.units - before
	}
	var plain, units float64
	start, joined, messages := clock.Now(), connections, 0
	for b.Loop() {
		plain = read(table.Each)
		for range 600 {
			clock.Advance(100 * time.Millisecond)
			for joined < connections+int(clock.Now().Sub(start)/gap) {
				add(joined, clock.Now())
				joined++
			}
			units += read(kept.Each)
			messages++
		}
	}
	perMessage := units / float64(messages)
	b.ReportMetric(plain, "units/message-plain")
	b.ReportMetric(partitionReads/plain, "messages/s-plain")
	b.ReportMetric(perMessage, "units/message")
	b.ReportMetric(partitionReads/perMessage, "messages/s")
}
