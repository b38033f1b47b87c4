// Package runtimetest tests every function as Lambda runs it: the real binary, started against a Runtime API and a
// stand-in for AWS's endpoint. It checks that the function answers its first event, and its budgets of size and memory.
package runtimetest
