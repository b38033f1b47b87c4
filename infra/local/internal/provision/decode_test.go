package provision

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

type sample struct {
	Name  string `required:"true" only:"a,b"`
	Count *int
	Ratio float64
	On    bool
	List  []struct {
		Key string `property:"key"`
	}
	Map   map[string]int
	Free  any
	Unrun any `ignored:"because"`
}

func decodeText(text string) (sample, error) {
	var out sample
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return out, err
	}
	return out, decode("P", v, &out)
}

func TestDecodeTakesWhatCloudFormationTakes(t *testing.T) {
	t.Parallel()
	five := 5
	want := sample{Name: "a", Count: &five, Ratio: 0.5, On: true, Map: map[string]int{"x": 1}, Free: map[string]any{"q": []any{}}, Unrun: "u"}
	want.List = append(want.List, struct {
		Key string `property:"key"`
	}{Key: "7"})
	for name, text := range map[string]string{
		"plain":  `{"Name":"a","Count":5,"Ratio":0.5,"On":true,"List":[{"key":"7"}],"Map":{"x":1},"Free":{"q":[]},"Unrun":"u"}`,
		"quoted": `{"Name":"a","Count":"5","Ratio":"0.5","On":"true","List":[{"key":7}],"Map":{"x":"1"},"Free":{"q":[]},"Unrun":"u"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := decodeText(text)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("got %+v, %v", got, err)
			}
		})
	}
}

func TestTypesDescribeTheStructs(t *testing.T) {
	t.Parallel()
	got := describe("", reflect.TypeFor[sample]())
	want := []Property{
		{Path: "Name", Only: []string{"a", "b"}},
		{Path: "Count"},
		{Path: "Ratio"},
		{Path: "On"},
		{Path: "List[].key"},
		{Path: "Map"},
		{Path: "Free"},
		{Path: "Unrun", Ignored: "because"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v", got)
	}
}

// FuzzDecode returns any JSON to every type: it is decoded, or refused with one of the sentinels and the place.
func FuzzDecode(f *testing.F) {
	f.Add(`{"QueueName":"q","VisibilityTimeout":"5"}`)
	f.Add(`{"KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],"Replicas":[{}]}`)
	f.Add(`{"Code":{"S3Key":[]},"Environment":{"Variables":{"A":{}}}}`)
	f.Add(`[null]`)
	f.Fuzz(func(t *testing.T, text string) {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var v any
		if d.Decode(&v) != nil {
			return
		}
		for name, k := range kinds {
			if k.properties == nil {
				continue
			}
			err := decodeValue("Properties", v, reflect.New(k.properties).Elem())
			if err != nil && (!errors.Is(err, ErrUnsupported) && !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "Properties")) {
				t.Fatalf("%s: %v", name, err)
			}
		}
	})
}
