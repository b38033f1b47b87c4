// Package schedule is the domain of scheduled messages: what callers may request, how a message is stored, and when it
// is due. It imports no AWS SDK; ports.go declares what it needs of storage and queues.
//
// A message waits (StatusScheduled), is being sent (StatusSending) and then sent (StatusSent), or it is cancelled. Each
// write is conditional on the Revision that was read. Version counts changes of content and time: a queued message with
// another version, or another due time, than the stored one is void.
package schedule
