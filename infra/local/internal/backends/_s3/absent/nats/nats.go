// Package nats stands in for a NATS client. See ../README.md.
package nats

import "errors"

var errAbsent = errors.New("this build has no NATS client")

type (
	Conn   struct{}
	Option func()
)

func Connect(string, ...Option) (*Conn, error) { return nil, errAbsent }
func (*Conn) Publish(string, []byte) error     { return errAbsent }
func (*Conn) Close()                           {}
