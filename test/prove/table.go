package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A table prints a row for each scenario and kind of client.
type table struct {
	strict bool // messages that are late count as found
	found  []string
}

const mostShown = 3 // violations of a kind that are printed

func newTable(strict bool) *table {
	fmt.Printf("%-18s %-10s %9s", "scenario", "client", "attempts")
	for _, kind := range violationKinds {
		fmt.Printf(" %8s", kind)
	}
	fmt.Printf(" %8s %8s %8s %6s %7s %7s\n", "p50", "p99", "longest", "dead", "repeats", "took")
	return &table{strict: strict}
}

// end says which scenarios found something.
func (t *table) end() {
	if len(t.found) == 0 {
		t.found = []string{"none"}
	}
	fmt.Printf("violations: %s\n", strings.Join(t.found, ", "))
}

// memoryLimits are MB of the stage and of its DynamoDB peer. After 100,000 messages they have 60 and 178; a leak had 1,500.
var memoryLimits = [2]int{600, 1200}

// judgeMemory finds the violation `memory`.
func (t *table) judgeMemory(stage, dynamo int) {
	if stage > memoryLimits[0] || dynamo > memoryLimits[1] {
		t.found = append(t.found, "memory")
		fmt.Printf("    memory: the stage has %d MB of %d, its DynamoDB peer %d of %d\n", stage, memoryLimits[0], dynamo, memoryLimits[1])
	}
}

// fail says that a scenario could not be played.
func (t *table) fail(scenario string, err error) {
	t.found = append(t.found, scenario)
	fmt.Printf("%-18s could not be played: %v\n", scenario, err)
}

func (t *table) add(scenario string, v *verdict, took time.Duration) {
	var clients []string
	for client := range v.attempts {
		clients = append(clients, client)
	}
	slices.Sort(clients)
	for _, client := range clients {
		fmt.Printf("%-18s %-10s %9d", scenario, client, v.attempts[client])
		for _, kind := range violationKinds {
			fmt.Printf(" %8d", v.count(client, kind))
		}
		delays := v.delays[client]
		fmt.Printf(" %8v %8v %8v %6d %7d %7v\n", short(quantile(delays, 0.5)), short(quantile(delays, 0.99)), short(quantile(delays, 1)), v.dead, v.repeats, short(took))
	}
	if v.remark != "" {
		fmt.Printf("    %s\n", v.remark)
	}
	if slices.ContainsFunc(v.violations, func(each violation) bool { return t.strict || each.kind != late }) {
		t.found = append(t.found, scenario)
	}
	for _, kind := range violationKinds {
		printed := 0
		for _, each := range v.violations {
			if each.kind != kind {
				continue
			}
			if printed++; printed <= mostShown {
				fmt.Printf("    %s: %s\n", kind, each.text)
			}
		}
		if printed > mostShown {
			fmt.Printf("    %s: and %d more\n", kind, printed-mostShown)
		}
	}
}

func short(d time.Duration) time.Duration {
	if d > time.Second {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Millisecond)
}
