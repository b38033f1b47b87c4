package main

import (
	"context"
	"maps"
	"slices"
)

// A usage is what the stage's meter has counted, by service and action.
type usage map[[2]string]used

type used struct {
	count int64
	usd   float64
}

func (s *stage) usage(ctx context.Context) (usage, error) {
	var metered struct {
		Items []struct {
			Service, Action string
			Count           int64
			USD             float64
		}
	}
	if err := s.control(ctx, "usage", &metered); err != nil {
		return nil, err
	}
	u := usage{}
	for _, item := range metered.Items {
		k := [2]string{item.Service, item.Action}
		u[k] = used{u[k].count + item.Count, u[k].usd + item.USD}
	}
	return u, nil
}

// durations are what is billed beside requests; the meter counts one with each.
var durations = []string{"gb-second", "connection-minute"}

// reportUsage shows what was used between two readings, in proportion to a million messages. What the stage does at rest
// is part of it, and index writes, which the meter does not count, are not.
func reportUsage(before, after usage, messages int) {
	scale := 1e6 / float64(messages)
	byService, all := map[string]used{}, used{}
	for k, now := range after {
		spent := used{now.count - before[k].count, now.usd - before[k].usd}
		if slices.Contains(durations, k[1]) {
			spent.count = 0
		}
		of := byService[k[0]]
		byService[k[0]] = used{of.count + spent.count, of.usd + spent.usd}
		all = used{all.count + spent.count, all.usd + spent.usd}
	}
	report("AWS", "%.1f requests a message, %.2f USD a million messages, of which the mails themselves %.2f:",
		float64(all.count)/float64(messages), all.usd*scale, byService["ses"].usd*scale)
	for _, service := range slices.Sorted(maps.Keys(byService)) {
		of := byService[service]
		if of.count > 0 {
			report("  "+service, "%.2f requests a message, %.2f USD a million", float64(of.count)/float64(messages), of.usd*scale)
		}
	}
}
