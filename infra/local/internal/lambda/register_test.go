package lambda

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestRegister(t *testing.T) {
	t.Parallel()
	t.Run("a function that is registered again serves with its new configuration", func(t *testing.T) {
		t.Parallel()
		s := newSetup(t, nil)
		var wg sync.WaitGroup
		wg.Go(func() { s.must(t, `{"Do":"wait","Wait":1000000000}`) })
		eventually(t, "an invocation runs", func() bool { return s.lines.find("START") != "" })
		s.must(t, `{}`)
		if got := s.Instances()["work"]; got != (InstanceCount{Idle: 1, Busy: 1}) {
			t.Errorf("instances %+v", got)
		}
		f := s.Functions()[0]
		f.Environment = map[string]string{"NEW": "1"}
		if err := s.Register(f); err != nil {
			t.Fatal(err)
		}
		if got := s.Instances()["work"]; got != (InstanceCount{Busy: 1}) {
			t.Errorf("instances %+v", got)
		}
		wg.Wait()
		if got := s.Instances(); len(got) != 0 {
			t.Errorf("instances %+v", got)
		}
		if r := s.must(t, `{"Do":"environment"}`); !strings.Contains(string(r.Payload), `"NEW=1"`) {
			t.Errorf("environment %s", r.Payload)
		}
	})
	cases := []struct {
		name   string
		change func(*Function)
		want   string
	}{
		{"a name with a blank is refused", func(f *Function) { f.Name = "a b" }, `lambda: register: invalid function: name "a b"`},
		{
			"an ARN of another function is refused", func(f *Function) { f.ARN = "arn:aws:lambda:us-east-1:000000000000:function:b" },
			`lambda: register: invalid function: a: ARN "arn:aws:lambda:us-east-1:000000000000:function:b" is not that of the function`,
		},
		{
			"a timeout over 15 minutes is refused", func(f *Function) { f.Timeout = 16 * time.Minute },
			"lambda: register: invalid function: a: timeout 16m0s, at most 15m0s is allowed",
		},
		{
			"a reserved key is refused", func(f *Function) { f.Environment = map[string]string{"AWS_REGION": "x", "_HANDLER": "y"} },
			"lambda: register: invalid function: a: reserved environment keys: _HANDLER, AWS_REGION",
		},
		{
			"an environment over 4 KB is refused", func(f *Function) { f.Environment = map[string]string{"A": strings.Repeat("x", 4100)} },
			"lambda: register: invalid function: a: environment has 4108 bytes, at most 4096 are allowed",
		},
		{"too little memory is refused", func(f *Function) { f.MemoryMB = 64 }, "lambda: register: invalid function: a: memory 64 MB, 128 to 10240 are allowed"},
	}
	s := newSetup(t, nil)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := Function{Name: "a", ARN: "arn:aws:lambda:us-east-1:000000000000:function:a", CodeDir: codeDir}
			c.change(&f)
			if err := s.Register(f); !errors.Is(err, ErrInvalidFunction) || err.Error() != c.want {
				t.Errorf("error %v", err)
			}
		})
	}
}
