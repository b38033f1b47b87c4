package main

import (
	"fmt"
	"slices"
	"strings"
)

// A deadLetterQueue is one that operators know by a short name.
type deadLetterQueue struct {
	name         string
	dead, source string // the stack's outputs with the URL of the queue, and of the one that its messages go to
	intake       bool
}

var queues = []deadLetterQueue{
	{name: "intake", dead: "HubDeadLetterQueueUrl", source: "QueueUrl", intake: true},
	{name: "fanout", dead: "FanoutDeadLetterQueueUrl", source: "FanoutQueueUrl"},
	{name: "due", dead: "DueDeadLetterQueueUrl", source: "DueQueueUrl"},
	{name: "deliveries", dead: "DeliveryDeadLetterQueueUrl", source: "DeliveryQueueUrl"},
	{name: "alerts", dead: "BudgetDeadLetterQueueUrl", source: "BudgetRedriveQueueUrl"},
}

func queueOf(name string) (deadLetterQueue, error) {
	var known []string
	for _, q := range queues {
		if q.name == name {
			return q, nil
		}
		known = append(known, q.name)
	}
	return deadLetterQueue{}, fmt.Errorf("-queue is %q, it must be one of %s", name, strings.Join(slices.Clip(known), ", "))
}
