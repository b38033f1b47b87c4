// Package statsd stands in for a StatsD client. See ../README.md.
package statsd

type (
	Client    struct{}
	Option    func()
	Tag       struct{}
	TagFormat struct{}
)

var TagFormatInfluxDB *TagFormat

func NewClient(string, ...Option) *Client  { return &Client{} }
func MetricPrefix(string) Option           { return nil }
func TagStyle(*TagFormat) Option           { return nil }
func DefaultTags(...Tag) Option            { return nil }
func StringTag(_, _ string) Tag            { return Tag{} }
func (*Client) Close() error               { return nil }
func (*Client) Incr(string, int64, ...Tag) {}
