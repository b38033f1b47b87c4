// Package schedule is the domain of scheduled messages: what callers may ask for, how a message is kept, and how it comes
// due. It knows no AWS; what it needs of storage and queues are the interfaces of ports.go.
//
// A message waits (StatusScheduled), is being sent (StatusSending) and is done (StatusSent), or is cancelled. Each write is
// conditional on the Revision that was read. Version names content and time: a queued message that carries another
// version, or another due time, than the stored one is void.
package schedule
