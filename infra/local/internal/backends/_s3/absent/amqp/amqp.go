// Package amqp091 stands in for a RabbitMQ client. See ../README.md.
package amqp091

import (
	"errors"
	"time"
)

var errAbsent = errors.New("this build has no RabbitMQ client")

type (
	Connection struct{}
	Channel    struct{}

	Publishing struct {
		Timestamp              time.Time
		ContentType, MessageId string
		Body                   []byte
	}
)

func Dial(string) (*Connection, error)         { return nil, errAbsent }
func (*Connection) Channel() (*Channel, error) { return nil, errAbsent }
func (*Connection) Close() error               { return nil }
func (*Channel) Close() error                  { return nil }

func (*Channel) Publish(_, _ string, _, _ bool, _ Publishing) error { return errAbsent }
