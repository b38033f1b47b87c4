package lambda

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestEnvironmentIsThatOfAWS(t *testing.T) {
	t.Setenv("LEAKS", "yes")
	s := newSetup(t, func(_ *Config, f *Function) {
		f.MemoryMB, f.Handler = 256, "bootstrap"
		f.Environment = map[string]string{"TABLE": "rows", "TZ": "Europe/Berlin"}
		f.ExtraEnvironment = map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}
		f.Credentials = Credentials{AccessKeyID: "ASIA1", SecretAccessKey: "secret", SessionToken: "token"}
	})
	got := map[string]string{}
	for _, pair := range decode[[]string](t, s.must(t, `{"Do":"environment"}`).Payload) {
		key, value, _ := strings.Cut(pair, "=")
		got[key] = value
	}
	root := got["LAMBDA_TASK_ROOT"]
	want := map[string]string{
		"_HANDLER": "bootstrap", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_LAMBDA_FUNCTION_NAME": "work",
		"AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/work", "AWS_ACCESS_KEY": "ASIA1", "AWS_ACCESS_KEY_ID": "ASIA1", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_SESSION_TOKEN": "token", "LAMBDA_RUNTIME_DIR": "/var/runtime", "LANG": "en_US.UTF-8", "PATH": "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"LD_LIBRARY_PATH":          "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:" + root + ":" + root + "/lib:/opt/lib",
		"AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR", "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
		"TABLE": "rows", "TZ": "Europe/Berlin", "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
	}
	patterns := map[string]string{
		"AWS_LAMBDA_LOG_STREAM_NAME": `^\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}$`,
		"AWS_LAMBDA_RUNTIME_API":     `^127\.0\.0\.1:\d+$`,
		"LAMBDA_TASK_ROOT":           `/code/work/[0-9a-f]{32}$`,
		"TMPDIR":                     `/scratch/work-[0-9a-f]{16}$`,
		"_X_AMZN_TRACE_ID":           `^Root=`, // set by the runtime client of the function
	}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %q, not %q", key, got[key], value)
		}
	}
	for key, pattern := range patterns {
		if !regexp.MustCompile(pattern).MatchString(got[key]) {
			t.Errorf("%s is %q", key, got[key])
		}
	}
	known := append(slices.Collect(maps.Keys(want)), slices.Collect(maps.Keys(patterns))...)
	for key := range got {
		if !slices.Contains(known, key) {
			t.Errorf("%s is there", key)
		}
	}
}

func TestInstanceWorksInItsCode(t *testing.T) {
	t.Parallel()
	s := newSetup(t, nil)
	got := decode[map[string]string](t, s.must(t, `{"Do":"write"}`).Payload)
	if got["cwd"] != got["taskRoot"] || got["scratch"] != "yes" {
		t.Errorf("found %v", got)
	}
	wantCode := "no"
	if os.Geteuid() == 0 {
		wantCode = "yes" // permissions do not stop root
	}
	if got["code"] != wantCode {
		t.Errorf("found %v", got)
	}
	if _, err := os.Stat(filepath.Join(codeDir, "written")); err == nil {
		t.Error("the asset was changed")
	}
	info, err := os.Stat(filepath.Join(got["taskRoot"], "bootstrap"))
	if err != nil || info.Mode().Perm() != 0o555 {
		t.Errorf("bootstrap has mode %v, error %v", info.Mode(), err)
	}
	scratches, err := os.ReadDir(s.scratchRoot)
	if err != nil || len(scratches) != 1 {
		t.Errorf("scratch folders %v, error %v", scratches, err)
	}
	s.Stop()
	if _, err := os.Stat(s.scratchRoot); err == nil {
		t.Error("scratch folders are left")
	}
}
