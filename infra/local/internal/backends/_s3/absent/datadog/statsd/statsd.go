// Package statsd stands in for a DogStatsD client. See ../../README.md.
package statsd

import "errors"

type (
	Client struct{}
	Option func()
)

func New(string, ...Option) (*Client, error) {
	return nil, errors.New("this build has no DogStatsD client")
}

func WithMaxMessagesPerPayload(int) Option                   { return nil }
func WithNamespace(string) Option                            { return nil }
func WithTags([]string) Option                               { return nil }
func (*Client) Close() error                                 { return nil }
func (*Client) Count(string, int64, []string, float64) error { return nil }
