package eventsource

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestFailedItems(t *testing.T) {
	t.Parallel()
	const whole = "the whole batch counts as failed"
	cases := []struct {
		name, response string
		failed         string // ids, joined
		err            string
	}{
		{"an empty list is a success", `{"batchItemFailures":[]}`, "", ""},
		{"a null list is a success", `{"batchItemFailures":null}`, "", ""},
		{"an empty object is a success", `{}`, "", ""},
		{"null is a success", ` null `, "", ""},
		{"nothing is a success", ``, "", ""},
		{"an object without the list is a success", `{"statusCode":200}`, "", ""},
		{"another spelling of the key is no list", `{"BatchItemFailures":[{"itemIdentifier":"a"}]}`, "", ""},
		{"items are the failed messages", `{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"c"}]}`, "a c", ""},
		{"no JSON fails all", `oops`, "", whole + `: response "oops" is not an object`},
		{"a text fails all", `"ok"`, "", whole + `: response "\"ok\"" is not an object`},
		{"no list of objects fails all", `{"batchItemFailures":["a"]}`, "", whole + `: batchItemFailures "[\"a\"]" is not a list of objects`},
		{"an empty identifier fails all", `{"batchItemFailures":[{"itemIdentifier":""}]}`, "", whole + ": an item has no itemIdentifier"},
		{"a null identifier fails all", `{"batchItemFailures":[{"itemIdentifier":null}]}`, "", whole + ": an item has no itemIdentifier"},
		{"a bad key name fails all", `{"batchItemFailures":[{"messageId":"a"}]}`, "", whole + ": an item has no itemIdentifier"},
		{"a key in another case fails all", `{"batchItemFailures":[{"ItemIdentifier":"a"}]}`, "", whole + ": an item has no itemIdentifier"},
		{"an unknown identifier fails all", `{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"x"}]}`, "", whole + `: itemIdentifier "x" is not in the batch`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			failed, err := failedItems([]byte(c.response), map[string]bool{"a": true, "b": true, "c": true})
			if got := strings.Join(slices.Sorted(maps.Keys(failed)), " "); got != c.failed {
				t.Errorf("failed %q, not %q", got, c.failed)
			}
			if c.err == "" && err != nil || c.err != "" && (!errors.Is(err, errBatchFailed) || err.Error() != c.err) {
				t.Errorf("error %v, not %q", err, c.err)
			}
		})
	}
}

func FuzzFailedItems(f *testing.F) {
	for _, seed := range []string{`{"batchItemFailures":[{"itemIdentifier":"a"}]}`, `null`, `[]`, `{"batchItemFailures":{}}`, `{"batchItemFailures":[null]}`, "\xff"} {
		f.Add([]byte(seed))
	}
	ids := map[string]bool{"a": true}
	f.Fuzz(func(t *testing.T, response []byte) {
		failed, err := failedItems(response, ids)
		if err != nil && len(failed) > 0 {
			t.Error("both an error and failed items")
		}
		for id := range failed {
			if !ids[id] {
				t.Errorf("%q is not in the batch", id)
			}
		}
	})
}
