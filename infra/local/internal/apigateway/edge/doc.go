// Package edge holds what the WebSocket and the HTTP APIs of the local gateway share: the account they belong to and
// its throttle, and the ways out of the gateway (functions, authorization, metering, faults).
package edge
