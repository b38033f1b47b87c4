package operation

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// eventActions are the operations on one rule whose IAM action has the operation's name
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html).
var eventActions = []string{
	"DeleteRule", "DescribeRule", "DisableRule", "EnableRule", "ListTargetsByRule", "PutRule", "PutTargets", "RemoveTargets",
}

func (id *Identifier) events(op *Operation, r *Request) {
	op.Name = target(r.HTTP)
	var in struct {
		Name, Rule, EventBusName string
		Entries                  []struct{ EventBusName, DetailType, Source string }
	}
	_ = json.Unmarshal(r.Body, &in)
	switch {
	case op.Name == "PutEvents":
		op.Units = float64(max(1, len(in.Entries)))
		for _, e := range in.Entries {
			op.grant("events:PutEvents", id.arn("events", "event-bus/", firstOf(e.EventBusName, "default")),
				map[string][]string{"events:source": {e.Source}, "events:detail-type": {e.DetailType}})
		}
	case slices.Contains(eventActions, op.Name):
		name := firstOf(in.Name, in.Rule)
		if in.EventBusName != "" && in.EventBusName != "default" {
			name = in.EventBusName + "/" + name
		}
		op.grant("events:"+op.Name, id.arn("events", "rule/", name), nil)
	case op.Name == "ListRules":
		op.grant("events:ListRules", "*", nil)
	}
}

// schedulerNames are the operations on one schedule by method
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html).
var schedulerNames = map[string]string{
	http.MethodPost: "CreateSchedule", http.MethodGet: "GetSchedule", http.MethodPut: "UpdateSchedule", http.MethodDelete: "DeleteSchedule",
}

func (id *Identifier) scheduler(op *Operation, r *Request) {
	path := r.HTTP.URL.Path
	if path == "/schedules" && r.HTTP.Method == http.MethodGet {
		op.Name = "ListSchedules"
		op.grant("scheduler:ListSchedules", "*", nil)
		return
	}
	name, ok := strings.CutPrefix(path, "/schedules/")
	op.Name = schedulerNames[r.HTTP.Method]
	if !ok || name == "" || op.Name == "" {
		return
	}
	var in struct{ GroupName string }
	_ = json.Unmarshal(r.Body, &in)
	group := firstOf(in.GroupName, r.HTTP.URL.Query().Get("groupName"), "default")
	op.grant("scheduler:"+op.Name, id.arn("scheduler", "schedule/", group+"/"+name), nil)
}

// sts: anyone who has credentials may ask whose they are
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
func (id *Identifier) sts(op *Operation, r *Request) {
	op.Name = form(r).Get("Action")
	op.Known = op.Name == "GetCallerIdentity"
}
