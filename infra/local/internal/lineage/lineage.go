// Package lineage tracks the chain of Lambda invocations that one event causes, as AWS does in its trace header:
//
//	Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a87bd80c:1|68fd508a:5
//
// Each function in the chain has an entry: a hash of its name, and how often the chain has invoked it. Lambda passes the header
// to the function, the SDK adds it to the function's calls, and SQS keeps it with messages.
//
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
package lineage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
)

const (
	// Header is the HTTP header of SDK calls.
	Header = "X-Amzn-Trace-Id"
	// Attribute is the system attribute of SQS messages.
	Attribute = "AWSTraceHeader"

	field = "Lineage="
	// maxEntries bounds the header; real chains have a handful of functions.
	maxEntries = 32
)

// A Lineage is the field of a trace header. "" is a new chain.
type Lineage string

// Of returns the lineage in a trace header, which the SDK escapes.
func Of(header string) Lineage {
	if text, err := url.PathUnescape(header); err == nil {
		header = text
	}
	for part := range strings.SplitSeq(header, ";") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(part), field); ok {
			return Lineage(value)
		}
	}
	return ""
}

// Count returns how often the chain has invoked a function (its name or ARN).
func (l Lineage) Count(function string) int {
	for _, e := range l.entries() {
		if e.hash == hash(function) {
			return e.count
		}
	}
	return 0
}

// Add returns the lineage with another invocation of a function.
func (l Lineage) Add(function string) Lineage {
	entries, own := l.entries(), hash(function)
	for i, e := range entries {
		if e.hash == own {
			entries[i].count++
			return format(entries)
		}
	}
	return format(append(entries, entry{own, 1}))
}

// String returns the field of a trace header, "" for a new chain.
func (l Lineage) String() string {
	if l == "" {
		return ""
	}
	return field + string(l)
}

type entry struct {
	hash  string
	count int
}

// entries skips what is malformed.
func (l Lineage) entries() []entry {
	var entries []entry
	for text := range strings.SplitSeq(string(l), "|") {
		hash, digits, _ := strings.Cut(text, ":")
		count, err := strconv.Atoi(digits)
		if err == nil && count >= 0 && len(hash) == 8 && len(entries) < maxEntries {
			entries = append(entries, entry{hash, count})
		}
	}
	return entries
}

func format(entries []entry) Lineage {
	texts := make([]string, len(entries))
	for i, e := range entries {
		texts[i] = e.hash + ":" + strconv.Itoa(e.count)
	}
	return Lineage(strings.Join(texts, "|"))
}

// hash identifies a function by its name, whatever qualifier it is invoked with.
func hash(function string) string {
	if _, rest, ok := strings.Cut(function, ":function:"); ok {
		function = rest
	}
	function, _, _ = strings.Cut(function, ":")
	sum := sha256.Sum256([]byte(function))
	return hex.EncodeToString(sum[:4])
}

type contextKey struct{}

// NewContext returns a context for an invocation that the chain l causes.
func NewContext(ctx context.Context, l Lineage) context.Context {
	return context.WithValue(ctx, contextKey{}, l)
}

// FromContext returns the lineage of an invocation, "" for a new chain.
func FromContext(ctx context.Context) Lineage {
	l, _ := ctx.Value(contextKey{}).(Lineage)
	return l
}
