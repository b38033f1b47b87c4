// Package schedulertest has the scheduler's storage, queues and mail in memory, the suites that every implementation of
// its stores passes, and a simulation of the whole scheduler.
package schedulertest
