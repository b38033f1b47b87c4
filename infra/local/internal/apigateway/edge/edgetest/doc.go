// Package edgetest fakes what surrounds the gateway, for tests.
package edgetest
