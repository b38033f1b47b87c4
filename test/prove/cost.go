package main

import (
	"context"
	"fmt"
	"net/http"
)

// A cost is what a load's messages took of AWS, as the local stage meters it.
type cost struct {
	messages           int
	writes, reads      float64 // request units of DynamoDB, of the functions that a message goes through
	dynamoUSD, postUSD float64 // of those functions
	workUSD            float64 // their invocations and time, and all requests to queues
	posts              int64
}

// costOf reads the meter, which was reset before the load.
func (h *hub) costOf(ctx context.Context, messages int) (c cost, err error) {
	var usage struct {
		Items []struct {
			Function, Service, Action string
			Count                     int64
			Units, USD                float64
		}
	}
	if err := h.control(ctx, http.MethodGet, "usage", nil, &usage); err != nil {
		return c, err
	}
	c.messages = messages
	path := map[string]bool{"": true}
	for _, name := range []string{"Hub/Broadcast", "Hub/Deliver", "Hub/Send"} {
		path[h.functions[name]] = true
	}
	for _, i := range usage.Items {
		switch {
		case !path[i.Function]:
		case i.Service == "dynamodb" && i.Function != "":
			c.dynamoUSD += i.USD
			if i.Action == "Query" || i.Action == "GetItem" || i.Action == "BatchGetItem" {
				c.reads += i.Units
			} else {
				c.writes += i.Units
			}
		case i.Service == "apigateway" && i.Action == "message" && i.Function != "":
			c.postUSD += i.USD
			c.posts += i.Count
		case i.Service == "lambda" || i.Service == "sqs":
			c.workUSD += i.USD
		}
	}
	return c, nil
}

func (c cost) String() string {
	million := 1e6 / float64(max(c.messages, 1))
	return fmt.Sprintf("a message: %.2f write units, %.2f read units, %.1f posts; a million: DynamoDB %.2f USD, functions and queues %.2f USD, posts %.2f USD",
		c.writes*million/1e6, c.reads*million/1e6, float64(c.posts)*million/1e6, c.dynamoUSD*million, c.workUSD*million, c.postUSD*million)
}
