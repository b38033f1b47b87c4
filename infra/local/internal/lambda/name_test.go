package lambda

import (
	"errors"
	"testing"
)

func TestParseName(t *testing.T) {
	t.Parallel()
	cases := []struct {
		text string
		want name
		bad  bool
	}{
		{text: "send", want: name{function: "send"}},
		{text: "send:live", want: name{function: "send", qualifier: "live"}},
		{text: "send:$LATEST", want: name{function: "send", qualifier: "$LATEST"}},
		{text: "000000000000:function:send", want: name{account: "000000000000", function: "send"}},
		{text: "000000000000:function:send:7", want: name{account: "000000000000", function: "send", qualifier: "7"}},
		{text: "arn:aws:lambda:us-east-1:000000000000:function:send", want: name{region: "us-east-1", account: "000000000000", function: "send"}},
		{text: "arn:aws-cn:lambda:cn-north-1:1:function:send:live", want: name{region: "cn-north-1", account: "1", function: "send", qualifier: "live"}},
		{text: "", bad: true},
		{text: "a:b:c", bad: true},
		{text: "arn:aws:sqs:us-east-1:000000000000:send", bad: true},
		{text: "arn:aws:lambda:us-east-1:000000000000:function:send:live:x", bad: true},
		{text: "../etc", bad: true},
	}
	for _, c := range cases {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			got, err := parseName(c.text)
			if got != c.want || c.bad != errors.Is(err, ErrNotFound) {
				t.Errorf("%+v, error %v", got, err)
			}
		})
	}
}

func FuzzParseName(f *testing.F) {
	for _, seed := range []string{"send", "send:live", "arn:aws:lambda:us-east-1:000000000000:function:send:live", "1:function:a", ":::::::", "arn:aws:lambda:::function:"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := parseName(text)
		if (err == nil) != functionName.MatchString(n.function) {
			t.Errorf("%q gives %+v and %v", text, n, err)
		}
	})
}
