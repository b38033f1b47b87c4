package lambda

import (
	"bytes"
	"log/slog"
	"os"
	"strconv"
	"testing"
)

func TestMemoryIsNotLimitedButWarnedOf(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := newSetup(t, func(c *Config, _ *Function) { c.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	for range 2 {
		if r := s.must(t, `{"Do":"allocate","Bytes":150000000}`); r.FunctionError != "" || r.MaxMemoryMB < 150 {
			t.Errorf("%d MB, %s", r.MaxMemoryMB, r.Payload)
		}
	}
	s.Stop()
	if bytes.Count(log.Bytes(), []byte(`msg="function exceeded its memory and would have been killed on AWS" function=work memory_mb=128`)) != 1 {
		t.Errorf("log %s", log.String())
	}
}

func TestFreeze(t *testing.T) {
	t.Parallel()
	s := newSetup(t, nil)
	pid := decode[int](t, s.must(t, `{"Do":"pid"}`).Payload)
	t.Run("an idle instance is stopped", func(t *testing.T) {
		eventually(t, "the process is stopped", func() bool { return processState(t, pid) == 'T' })
	})
	t.Run("it goes on for the next invocation and is stopped again", func(t *testing.T) {
		if again := decode[int](t, s.must(t, `{"Do":"pid"}`).Payload); again != pid {
			t.Errorf("process %d, not %d", again, pid)
		}
		eventually(t, "the process is stopped", func() bool { return processState(t, pid) == 'T' })
	})
	t.Run("its memory is reported", func(t *testing.T) {
		if r := s.must(t, `{}`); r.MaxMemoryMB < 2 || r.MaxMemoryMB > 200 {
			t.Errorf("%d MB", r.MaxMemoryMB)
		}
	})
	t.Run("stop ends it though it is stopped", func(t *testing.T) {
		s.Stop()
		if running(pid) {
			t.Error("the process runs")
		}
	})
}

// processState reads the letter after the name. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
func processState(t *testing.T, pid int) byte {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		t.Fatal(err)
	}
	return stat[bytes.LastIndexByte(stat, ')')+2]
}
