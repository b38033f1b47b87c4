// Package workers assembles the functions that work off queues, from their environment and AWS's clients.
package workers
