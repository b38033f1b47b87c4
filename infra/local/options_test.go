package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	t.Parallel()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	o, err := parse([]string{"-port", "4570", "--ephemeral", "-data", "x", "-assembly", "/y", "-ws-idle", "2s"})
	if err != nil || o.port != 4570 || !o.ephemeral || !o.dataGiven || o.limits.IdleTimeout != 2*time.Second {
		t.Errorf("got %+v, %v", o, err)
	}
	if o.root != here || o.data != filepath.Join(here, "x") || o.assembly != "/y" {
		t.Errorf("paths are not absolute: %+v", o)
	}
	if o, err := parse([]string{"-app", "npx app", "-stack", "A", "-stack", "B"}); err != nil || o.app != "npx app" || strings.Join(o.stacks, " ") != "A B" {
		t.Errorf("got %+v, %v", o, err)
	}
	if _, err := parse([]string{"-app", "x", "-assembly", "/y"}); err == nil || err.Error() != `-app "x" makes an assembly and -assembly /y names one: give one of them` {
		t.Errorf("got %v", err)
	}
	for args, want := range map[string]string{
		"extra":       `unexpected argument "extra"; flags are listed by -help`,
		"-port=70000": "-port must be between 0 and 65535, got 70000",
		"-data=":      "-data must name a folder",
	} {
		if _, err := parse([]string{args}); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", args, err, want)
		}
	}
}

func TestADataFolderBelongsToOneStage(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "local")
	release, err := lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("a second one is told who has it", func(t *testing.T) {
		_, err := lock(dir)
		if !errors.Is(err, errTaken) || !strings.Contains(err.Error(), "stop that one, or choose another folder with -data DIR") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("on another port it gets a folder of its own", func(t *testing.T) {
		other, err := claimFolder(options{data: dir, port: 4570})
		if err != nil || other.dir != dir+"-4570" {
			t.Fatalf("got %+v, %v", other, err)
		}
		other.end()
		if _, err := os.Stat(other.dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a start that failed leaves its folder: %v", err)
		}
	})
	t.Run("but not if it named one", func(t *testing.T) {
		if _, err := claimFolder(options{data: dir, dataGiven: true, port: 4570}); !errors.Is(err, errTaken) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("it is free again afterwards", func(t *testing.T) {
		release()
		again, err := lock(dir)
		if err != nil {
			t.Fatal(err)
		}
		again()
	})
}

func TestOutputsAreReplacedInOneStep(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "outputs.json")
	for _, value := range []string{"one", "two"} {
		if err := writeOutputs(file, map[string]map[string]string{"App": {"Url": value}}); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(file)
		if want := "{\n  \"App\": {\n    \"Url\": \"" + value + "\"\n  }\n}\n"; err != nil || string(got) != want {
			t.Errorf("got %q, %v", got, err)
		}
	}
}
