package sns

import (
	"net/url"
	"strconv"
	"strings"
)

// A query is a request of the AWS query protocol: parameters whose names are paths.
// https://docs.aws.amazon.com/sns/latest/dg/sns-query-requests.html
type query url.Values

func (q query) get(name string) string { return url.Values(q).Get(name) }

// optional returns a parameter's value, or nil if it is absent.
func (q query) optional(name string) *string {
	if values := q[name]; len(values) > 0 {
		return &values[0]
	}
	return nil
}

// list returns the prefixes of a list's elements, <name>.1, <name>.2 and so on, as long as there are parameters with them.
func (q query) list(name string) []string {
	highest := 0
	for key := range q {
		rest, ok := strings.CutPrefix(key, name+".")
		if !ok {
			continue
		}
		index, _, _ := strings.Cut(rest, ".")
		if i, err := strconv.Atoi(index); err == nil && i > highest && i <= maxElements {
			highest = i
		}
	}
	prefixes := make([]string, highest)
	for i := range prefixes {
		prefixes[i] = name + "." + strconv.Itoa(i+1)
	}
	return prefixes
}

// maxElements bounds a list against malicious indexes. AWS's longest here has 10 elements.
const maxElements = 256

// attributes reads the attributes of Subscribe.
func (q query) attributes() map[string]string {
	out := map[string]string{}
	for _, prefix := range q.list("Attributes.entry") {
		if key := q.get(prefix + ".key"); key != "" {
			out[key] = q.get(prefix + ".value")
		}
	}
	return out
}

// messageAttributes reads the message attributes below prefix, "" or that of a batch's entry with a dot.
func (q query) messageAttributes(prefix string) map[string]attribute {
	var out map[string]attribute
	for _, p := range q.list(prefix + "MessageAttributes.entry") {
		name, typ := q.get(p+".Name"), q.get(p+".Value.DataType")
		if name == "" || typ == "" {
			continue
		}
		value := q.get(p + ".Value.StringValue")
		if strings.HasPrefix(typ, "Binary") {
			value = q.get(p + ".Value.BinaryValue")
		}
		if out == nil {
			out = map[string]attribute{}
		}
		out[name] = attribute{Type: typ, Value: value}
	}
	return out
}
