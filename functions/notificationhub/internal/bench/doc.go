// Package bench measures the hub in simulation: how long a message takes to reach a large room within API Gateway's
// quota, what that costs in CPU, and how fast each function starts.
//
//	go test ./functions/notificationhub/internal/bench -run '^$' -bench . -benchtime 3x
//
// Nothing here asserts a time: figures depend on the machine and on what else it does.
package bench
