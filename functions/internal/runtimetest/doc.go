// Package runtimetest tests the functions as Lambda runs them: the real binaries, started against a Runtime API and a stand-in
// for AWS's endpoint.
package runtimetest
