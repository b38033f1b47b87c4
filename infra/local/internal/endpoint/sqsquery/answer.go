package sqsquery

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"
)

const namespace = "http://queue.amazonaws.com/doc/2012-11-05/"

// elements are the names in XML of lists and maps, which are flattened.
var elements = map[string]mapping{
	"Messages":          {name: "Message"},
	"QueueUrls":         {name: "QueueUrl"},
	"queueUrls":         {name: "QueueUrl"},
	"Failed":            {name: "BatchResultErrorEntry"},
	"Results":           {name: "ListMessageMoveTasksResultEntry"},
	"Attributes":        {"Name", "Value", "Attribute"},
	"MessageAttributes": {"Name", "Value", "MessageAttribute"},
	"Tags":              {"Key", "Value", "Tag"},
}

// Answer translates the answer, status 200, to an action.
func Answer(action string, body []byte, requestID string) ([]byte, error) {
	var in map[string]any
	if len(body) > 0 {
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, fmt.Errorf("sqsquery: answer: %w", err)
		}
	}
	var b strings.Builder
	b.WriteString("<" + action + `Response xmlns="` + namespace + `">`)
	if len(in) > 0 {
		b.WriteString("<" + action + "Result>")
		writeObject(&b, action, in)
		b.WriteString("</" + action + "Result>")
	}
	b.WriteString("<ResponseMetadata><RequestId>" + requestID + "</RequestId></ResponseMetadata></" + action + "Response>")
	return []byte(b.String()), nil
}

func writeObject(b *strings.Builder, action string, object map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		element := elements[name]
		if name == "Successful" {
			element.name = action + "ResultEntry"
		}
		switch value := object[name].(type) {
		case nil:
		case []any:
			for _, item := range value {
				writeElement(b, action, element.name, item)
			}
		case map[string]any:
			if element.key == "" {
				writeElement(b, action, name, value)
				continue
			}
			for _, key := range slices.Sorted(maps.Keys(value)) {
				writeElement(b, action, element.name, map[string]any{element.key: key, element.value: value[key]})
			}
		default:
			writeElement(b, action, name, value)
		}
	}
}

func writeElement(b *strings.Builder, action, name string, value any) {
	b.WriteString("<" + name + ">")
	switch v := value.(type) {
	case map[string]any:
		writeObject(b, action, v)
	default:
		_ = xml.EscapeText(b, fmt.Append(nil, v))
	}
	b.WriteString("</" + name + ">")
}

// Error translates an error: its code is that of the header x-amzn-query-error, "code;fault", if there is one.
func Error(body []byte, header string) (code, message string) {
	var in struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	_ = json.Unmarshal(body, &in)
	if code, _, _ = strings.Cut(header, ";"); code == "" {
		code = in.Type[strings.LastIndexByte(in.Type, '#')+1:]
	}
	return code, in.Message
}
