// Command prove checks what the hub promises: no message lost, none shown twice, all in order, whatever goes wrong.
//
//	go run ./test/prove                                  every short scenario, about a minute: part of make test
//	go run ./test/prove -seed 7 -scenario kills          one again, with the faults of that seed
//	go run ./test/prove -scenario every -duration 45s    all of them
//	go run ./test/prove -scenario calm -duration 10m     memory
//
// It starts a local stage, publishes by queue and by socket, and injects faults. Its receivers are hermes.js in Node, a client
// written from client/PROTOCOL.md alone (strict.go, track.go), which shares no code with package client, and classic ones. It
// keeps every publication and every receipt and judges them when all is quiet (judge.go). It exits with status 1 on any
// violation, and on several times the memory that is usual (memoryLimits). Late messages are counted against a
// generous limit, but decide with -strict only, for use by hand: a busy machine is no fault of the hub.
package main
