// Package bench measures the fan-out in simulation: how long the delivery to a large room takes within API Gateway's quota,
// and what it costs in CPU.
//
//	go test ./functions/notificationhub/internal/bench -run '^$' -bench . -benchtime 3x
//
// Nothing here asserts a time: figures depend on the machine and on what else it does.
package bench
