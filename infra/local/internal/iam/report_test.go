package iam

import (
	"encoding/json"
	"strconv"
	"testing"
)

func TestReportNamesUsedUnusedAndMissing(t *testing.T) {
	t.Parallel()
	e := newTestEngine()
	e.PutRole("SendRole", mustParse(t, "SendPolicy", Identity, one(`[
		{"Sid":"Tables","Effect":"Allow","Action":["dynamodb:Query","dynamodb:Scan"],"Resource":["`+tableARN+`","`+tableARN+`/index/*"]},
		{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"`+queueARN+`"}]`)))
	e.PutResourcePolicy(queueARN, mustParse(t, "QueuePolicy", Resource,
		one(`{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage"}`)))
	e.Authorize(Request{Caller: send(), Action: "dynamodb:Query", Resource: tableARN})
	e.Authorize(Request{Caller: send(), Action: "dynamodb:Query", Resource: tableARN})
	e.Authorize(Request{Caller: send(), Action: "dynamodb:PutItem", Resource: tableARN})
	e.Authorize(Request{Caller: Caller{Service: "budgets.amazonaws.com"}, Action: "sns:Publish", Resource: topicARN})

	got, err := json.Marshal(e.Report())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"roles":[` +
		`{"name":"SendRole",` +
		`"used":[{"source":"SendPolicy","sid":"Tables","index":0,"effect":"Allow","uses":2,` +
		`"actions":{"dynamodb:Query":2,"dynamodb:Scan":0},"resources":{"` + tableARN + `":2,"` + tableARN + `/index/*":0},` +
		`"unusedActions":["dynamodb:Scan"],"unusedResources":["` + tableARN + `/index/*"]}],` +
		`"unused":[{"source":"SendPolicy","index":1,"effect":"Allow","uses":0,"actions":{"sqs:SendMessage":0},` +
		`"resources":{"` + queueARN + `":0},"unusedActions":["sqs:SendMessage"],"unusedResources":["` + queueARN + `"]}],` +
		`"missing":[{"function":"send","action":"dynamodb:PutItem","resource":"` + tableARN + `","explicit":false,` +
		`"reason":"User: arn:aws:sts::000000000000:assumed-role/SendRole/send is not authorized to perform: dynamodb:PutItem on resource: ` +
		tableARN + ` because no identity-based policy allows the dynamodb:PutItem action","count":1}]},` +
		`{"name":"budgets.amazonaws.com","used":[],"unused":[],"missing":[{"action":"sns:Publish","resource":"` + topicARN + `","explicit":false,` +
		`"reason":"Service: budgets.amazonaws.com is not authorized to perform: sns:Publish on resource: ` + topicARN +
		` because no resource-based policy allows the sns:Publish action","count":1}]}],` +
		`"resources":[{"name":"` + queueARN + `","used":[],"unused":[{"source":"QueuePolicy","index":0,"effect":"Allow","uses":0,` +
		`"actions":{"sqs:SendMessage":0},"resources":{"*":0},"unusedActions":["sqs:SendMessage"],"unusedResources":["*"]}],"missing":[]}]}`
	if string(got) != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

func TestReportBoundsWhatItRemembersOfDenials(t *testing.T) {
	t.Parallel()
	e := newTestEngine()
	for i := range maxDenials + 5 {
		e.Authorize(Request{Caller: send(), Action: "a:B", Resource: "arn:aws:x:::" + strconv.Itoa(i)})
	}
	if n := len(e.denials); n > maxDenials+1 {
		t.Fatalf("remembers %d", n)
	}
	var total int64
	for _, d := range e.Report().Roles[0].Missing {
		total += d.Count
	}
	if total != maxDenials+5 {
		t.Fatalf("counts %d, want %d", total, maxDenials+5)
	}
}
