package sqsquery

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// numbers are the parameters that are numbers in JSON.
var numbers = map[string]bool{
	"DelaySeconds": true, "MaxNumberOfMessages": true, "MaxNumberOfMessagesPerSecond": true, "MaxResults": true,
	"VisibilityTimeout": true, "WaitTimeSeconds": true,
}

// lists are flattened lists of texts with their names in JSON.
var lists = map[string]string{
	"AttributeName": "AttributeNames", "MessageAttributeName": "MessageAttributeNames",
	"MessageSystemAttributeName": "MessageSystemAttributeNames", "TagKey": "TagKeys",
}

// A mapping is a flattened map: the parts of its entries that are key and value, and its name in JSON.
type mapping struct{ key, value, name string }

var mappings = map[string]mapping{
	"Attribute":              {"Name", "Value", "Attributes"},
	"MessageAttribute":       {"Name", "Value", "MessageAttributes"},
	"MessageSystemAttribute": {"Name", "Value", "MessageSystemAttributes"},
	"Tag":                    {"Key", "Value", "Tags"},
}

const entriesSuffix = "BatchRequestEntry"

// Request translates the body of a request. path is the request's: the oldest clients send to the queue's own URL, and
// so name it there instead of in QueueUrl.
func Request(body []byte, path string) ([]byte, error) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, fmt.Errorf("sqsquery: request: %w", err)
	}
	if !values.Has("QueueUrl") && len(path) > 1 {
		values.Set("QueueUrl", path)
	}
	root := newNode()
	for name, value := range values {
		root.put(strings.Split(name, "."), value[0])
	}
	out := root.object()
	delete(out, "Action")
	delete(out, "Version")
	if tags, ok := out["Tags"]; ok && values.Get("Action") == "CreateQueue" {
		out["tags"] = tags // the one parameter whose name is in lower case in JSON
		delete(out, "Tags")
	}
	return json.Marshal(out)
}

// A node is a parameter's place in the tree that dots make of names.
type node struct {
	text     string
	children map[string]*node
}

func newNode() *node { return &node{children: map[string]*node{}} }

func (n *node) put(path []string, text string) {
	at := n
	for _, part := range path {
		if at.children[part] == nil {
			at.children[part] = newNode()
		}
		at = at.children[part]
	}
	at.text = text
}

// object makes a JSON object of the children.
func (n *node) object() map[string]any {
	out := map[string]any{}
	for name, child := range n.children {
		switch {
		case strings.HasSuffix(name, entriesSuffix):
			entries := []any{}
			for _, item := range child.items() {
				entries = append(entries, item.object())
			}
			out["Entries"] = entries
		case lists[name] != "" && len(child.children) > 0:
			texts := []any{}
			for _, item := range child.items() {
				texts = append(texts, item.text)
			}
			out[lists[name]] = texts
		case mappings[name].name != "" && len(child.children) > 0:
			m := mappings[name]
			out[m.name] = child.mapping(m)
		case len(child.children) > 0:
			out[name] = child.object()
		default:
			out[name] = scalar(name, child.text)
		}
	}
	return out
}

func (n *node) mapping(m mapping) map[string]any {
	out := map[string]any{}
	for _, item := range n.items() {
		key, value := item.children[m.key], item.children[m.value]
		switch {
		case key == nil:
		case value == nil:
			out[key.text] = ""
		case len(value.children) > 0:
			out[key.text] = value.object()
		default:
			out[key.text] = value.text
		}
	}
	return out
}

// items gives the children of a list in the order of their numbers.
func (n *node) items() []*node {
	names := slices.SortedFunc(maps.Keys(n.children), func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return x - y
	})
	items := make([]*node, 0, len(names))
	for _, name := range names {
		items = append(items, n.children[name])
	}
	return items
}

func scalar(name, text string) any {
	if numbers[name] {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	}
	return text
}
