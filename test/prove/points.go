package main

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	// moment bounds what usually happens at once, and may not happen at all.
	moment = time.Second
	// stalled is how long a worker is held up. It must be less than the timeout of the function.
	stalled = 2500 * time.Millisecond
)

// stall publishes a message whose worker is held up before it writes the message's row.
func (r *run) stall(ctx context.Context, room string) error {
	var rules []fault
	for _, action := range []string{"BatchWriteItem", "PutItem"} {
		rules = append(rules, fault{
			Service: "dynamodb", Action: action, Function: r.hub.functions["Hub/Broadcast"], Kind: "delay", DelayMS: stalled.Milliseconds(), Count: 1,
		})
	}
	if err := r.hub.inject(ctx, rules...); err != nil {
		return err
	}
	r.publish(ctx, room, "")
	return r.struck(ctx)
}

// numberBeforeRow: a worker stalls while it holds a number. A client recovers beyond it and is away when it is written.
func numberBeforeRow(ctx context.Context, r *run) error {
	room, all, err := r.audience(ctx, kindPage, kindStrict)
	if err != nil {
		return err
	}
	r.publishMany(ctx, room, 4)
	r.shown(ctx, r.patience, 4, all...)
	if err := r.stall(ctx, room); err != nil {
		return err
	}
	r.publish(ctx, room, "")
	r.shown(ctx, moment/2, 5, all...)
	offline(all...)
	r.online(all...)
	r.publish(ctx, room, "")
	r.shown(ctx, moment, 6, all...)
	offline(all...)
	return r.idle(ctx)
}

// ahead: much comes after a number that is missing, then the client is away when that number is written.
func ahead(ctx context.Context, r *run) error {
	room, all, err := r.audience(ctx, kindPage, kindStrict)
	if err != nil {
		return err
	}
	r.publishMany(ctx, room, 4)
	r.shown(ctx, r.patience, 4, all...)
	if err := r.stall(ctx, room); err != nil {
		return err
	}
	r.publishMany(ctx, room, 80)
	r.shown(ctx, moment, 84, all...)
	offline(all...)
	return r.idle(ctx)
}

// hello: the tables fail while a client comes back.
func hello(ctx context.Context, r *run) error {
	room, all, err := r.audience(ctx, kindPage, kindStrict)
	if err != nil {
		return err
	}
	r.publishMany(ctx, room, 4)
	r.shown(ctx, r.patience, 4, all...)
	offline(all...)
	r.publishMany(ctx, room, 10)
	if err := r.idle(ctx); err != nil {
		return err
	}
	if err := r.hub.inject(ctx, fault{Service: "dynamodb", Function: r.hub.functions["Hub/Default"], Kind: "error"}); err != nil {
		return err
	}
	r.online(all...)
	if err := r.struck(ctx); err != nil {
		return err
	}
	for range 10 {
		r.publish(ctx, room, "")
		r.shown(ctx, moment/2, 24, all...)
	}
	return nil
}

// absence: a client is away for more than a page of history holds, and asks for the next pages.
func absence(ctx context.Context, r *run) error {
	room, all, err := r.audience(ctx, kindPage, kindStrict)
	if err != nil {
		return err
	}
	r.publishMany(ctx, room, 4)
	r.shown(ctx, r.patience, 4, all...)
	offline(all...)
	r.padding = strings.Repeat(" and so on", 200) // 2 KB a message, where a page has 32 KB
	r.publishMany(ctx, room, 60)
	r.padding = ""
	if err := r.idle(ctx); err != nil {
		return err
	}
	r.online(all...)
	return nil
}

// startedOver: everything that is known of a room goes while its clients are away.
func startedOver(ctx context.Context, r *run) error {
	room, all, err := r.audience(ctx, kindPage, kindStrict)
	if err != nil {
		return err
	}
	r.publishMany(ctx, room, 5)
	r.shown(ctx, r.patience, 5, all...)
	if err := r.idle(ctx); err != nil {
		return err
	}
	offline(all...)
	if err := errors.Join(r.forget(ctx, "Hub/Messages", room), r.forget(ctx, "Hub/Rooms", room)); err != nil {
		return err
	}
	// Workers may know the room still; new ones do not.
	if err := r.restart(ctx, syscall.SIGTERM); err != nil {
		return err
	}
	r.publishMany(ctx, room, 8) // beyond the positions of the clients
	for _, each := range all {
		each.log().mayReset = 1
	}
	return r.idle(ctx)
}

// noEpoch: pages come with positions that name no epoch, as they were stored before the hub had one. They are told of a reset,
// and miss nothing that can be had.
func noEpoch(ctx context.Context, r *run) error {
	room, all, err := r.audience(ctx, kindPage)
	if err != nil {
		return err
	}
	r.publishMany(ctx, room, 5)
	r.shown(ctx, r.patience, 5, all...)
	returning, err := r.join(ctx, kindPage, "returning", room, position{Seq: 3})
	if err != nil {
		return err
	}
	returning.log().mayReset, returning.log().from = 1, 0
	return nil
}

// expired: a room's messages have expired. Who has them all needs no reset, whoever missed one does.
func expired(ctx context.Context, r *run) error {
	room, all, err := r.audience(ctx, kindPage, kindStrict, kindPage, kindStrict)
	if err != nil {
		return err
	}
	r.publishMany(ctx, room, 3)
	r.shown(ctx, r.patience, 3, all...)
	away := all[2:]
	offline(away...)
	n := len(r.ledger.publications)
	r.publishMany(ctx, room, 2)
	r.shown(ctx, r.patience, 5, all[:2]...)
	if err := r.idle(ctx); err != nil {
		return err
	}
	offline(all[:2]...)
	if err := r.forget(ctx, "Hub/Messages", room); err != nil {
		return err
	}
	for _, each := range away {
		each.log().mayReset = 1
		each.log().excused = []int{n, n + 1}
	}
	r.online(all...)
	return nil
}

// forget deletes the rows of a room.
func (r *run) forget(ctx context.Context, table, room string) error {
	name := r.hub.tables[table]
	out, err := r.hub.dynamo.Query(ctx, &dynamodb.QueryInput{
		TableName: &name, KeyConditionExpression: aws.String("room_id = :room"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":room": &types.AttributeValueMemberS{Value: room}},
	})
	if err != nil {
		return err
	}
	for _, row := range out.Items {
		key := map[string]types.AttributeValue{"room_id": row["room_id"]}
		if table == "Hub/Messages" {
			key["seq"] = row["seq"]
		}
		if _, err := r.hub.dynamo.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &name, Key: key}); err != nil {
			return err
		}
	}
	return nil
}

// fiveAttempts: a record fails again and again after its message was kept, while the sockets stay open.
func fiveAttempts(ctx context.Context, r *run) error {
	room, all, err := r.audience(ctx, kindPage, kindStrict)
	if err != nil {
		return err
	}
	r.publishMany(ctx, room, 4)
	r.shown(ctx, r.patience, 4, all...)
	// Five attempts at what the SDK tries three times.
	if err := r.hub.inject(ctx, fault{Service: "dynamodb", Action: "Query", Function: r.hub.functions["Hub/Broadcast"], Kind: "error", Count: 15}); err != nil {
		return err
	}
	r.publish(ctx, room, "")
	return r.idle(ctx)
}

// firstNumber: the first attempt at a room's first message fails.
func firstNumber(ctx context.Context, r *run) error {
	room, all, err := r.audience(ctx, kindPage, kindStrict)
	if err != nil {
		return err
	}
	offline(all...)
	var rules []fault
	for _, action := range []string{"BatchWriteItem", "PutItem"} {
		rules = append(rules, fault{Service: "dynamodb", Action: action, Function: r.hub.functions["Hub/Broadcast"], Kind: "error", Count: 3})
	}
	if err := r.hub.inject(ctx, rules...); err != nil {
		return err
	}
	r.publish(ctx, room, "")
	return r.idle(ctx)
}

// nextPage: a page is loaded again, with the positions of the one before, while a number is missing.
func nextPage(ctx context.Context, r *run) error {
	room, all, err := r.audience(ctx, kindPage, kindArrival)
	if err != nil {
		return err
	}
	r.publishMany(ctx, room, 4)
	r.shown(ctx, r.patience, 4, all...)
	if err := r.stall(ctx, room); err != nil {
		return err
	}
	r.publishMany(ctx, room, 40)
	r.shown(ctx, moment, 44, all...)
	for _, each := range all {
		each.(*page).reload()
	}
	return nil
}

// repeats: nothing goes wrong, but senders send twice. Classic clients, which drop nothing, see each message once.
func repeats(ctx context.Context, r *run) error {
	r.calm = true
	room, all, err := r.audience(ctx, kindPage, kindStrict, kindClassic)
	if err != nil {
		return err
	}
	for range 2 {
		var numbers []int
		for range 10 {
			numbers = append(numbers, r.ledger.offer(room, ""))
		}
		r.send(ctx, room, numbers, "")
		r.send(ctx, room, numbers, "")
		for range 5 {
			all[1].(*strict).sendTwice(r.ledger.offer(room, ""))
		}
		r.shown(ctx, r.patience, 15, all...)
		r.send(ctx, room, numbers, "") // late
	}
	return nil
}

// redelivered: the queue delivers each record twice, and others come in between. A repeat has its number.
func redelivered(ctx context.Context, r *run) error {
	room, _, err := r.audience(ctx, kindPage, kindStrict, kindClassic)
	if err != nil {
		return err
	}
	if err := r.hub.inject(ctx, fault{Service: "sqs", Function: r.hub.functions["Hub/Broadcast"], Kind: "duplicate", WindowMS: 1500}); err != nil {
		return err
	}
	for range 6 {
		r.publishMany(ctx, room, 10)
		r.shown(ctx, moment, len(r.ledger.publications), r.receivers...)
	}
	return nil
}
