// Package scheduler assembles the scheduler's functions, from their environment and AWS's clients.
package scheduler
