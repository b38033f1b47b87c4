package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	signingKey = "a-signing-key-for-tests-0123456789abcdef"
	secretARN  = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:hub"
	goodFile   = `{"Hermes-local":{"TokensTableName":"tokens","SecretArn":"` + secretARN + `","Other":1}}`
)

// endpoint answers as AWS for a stage with an empty Tokens table, and keeps what it is asked.
type endpoint struct {
	*httptest.Server
	auth    []string
	targets []string
	status  int
	answer  string // of every call, if set
}

func newEndpoint(t *testing.T) *endpoint {
	e := &endpoint{status: http.StatusOK}
	e.Server = httptest.NewServer(e)
	t.Cleanup(e.Close)
	return e
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target := r.Header.Get("X-Amz-Target")
	e.auth, e.targets = append(e.auth, r.Header.Get("Authorization")), append(e.targets, target)
	w.WriteHeader(e.status)
	answer := e.answer
	if answer == "" && target == "secretsmanager.GetSecretValue" {
		secret, _ := json.Marshal(map[string]string{"signing_key": signingKey, "passcode": "pass"})
		quoted, _ := json.Marshal(string(secret))
		answer = `{"SecretString":` + string(quoted) + `}`
	}
	if answer == "" {
		answer = `{}`
	}
	w.Write([]byte(answer))
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "outputs.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTokenIsPrintedAlone(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "REAL")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "real")
	t.Setenv("AWS_REGION", "us-west-2")
	for name, classic := range map[string]bool{"default": false, "classic": true} {
		t.Run(name, func(t *testing.T) {
			e := newEndpoint(t)
			args := []string{"-outputs", write(t, goodFile), "-user", "ada", "-room", "orders", "-ttl", "2h", "-endpoint", e.URL}
			if classic {
				args = append(args, "-classic")
			}
			var stdout, stderr bytes.Buffer
			if err := run(t.Context(), args, &stdout, &stderr); err != nil {
				t.Fatal(err)
			}
			claims := jwt.MapClaims{}
			token := strings.TrimSuffix(stdout.String(), "\n")
			if _, err := jwt.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return []byte(signingKey), nil }); err != nil {
				t.Fatalf("%q: %v", token, err)
			}
			end := time.Unix(int64(claims["exp"].(float64)), 0).UTC()
			if ahead := time.Until(end); claims["user_id"] != "ada" || claims["room_id"] != "orders" || ahead > 2*time.Hour || ahead < time.Hour {
				t.Errorf("the claims are %v", claims)
			}
			if want := "expires " + end.Format(time.RFC3339) + "\n"; stderr.String() != want {
				t.Errorf("standard error has %q, want %q", stderr.String(), want)
			}
			for _, auth := range e.auth {
				if !strings.Contains(auth, "Credential=test/") || !strings.Contains(auth, "/eu-west-1/") {
					t.Errorf("a call to stage local was signed by %s", auth)
				}
			}
		})
	}
}

func TestOtherStagesUseTheCallersCredentials(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "REAL")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "real")
	e := newEndpoint(t)
	file := write(t, strings.ReplaceAll(goodFile, "Hermes-local", "Hermes-dev"))
	var stdout bytes.Buffer
	if err := run(t.Context(), []string{"-outputs", file, "-user", "ada", "-room", "orders", "-endpoint", e.URL}, &stdout, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	for _, auth := range e.auth {
		if !strings.Contains(auth, "Credential=REAL/") {
			t.Errorf("a call was signed by %s", auth)
		}
	}
}

func TestFaultsAreOneClearLine(t *testing.T) {
	t.Parallel()
	who := []string{"-user", "ada", "-room", "orders"}
	tests := []struct {
		name, file string
		args       []string
		want       string
	}{
		{"no user", goodFile, []string{"-room", "r"}, "-user is required"},
		{"no room", goodFile, []string{"-user", "u"}, "-room is required"},
		{"a flag that does not exist", goodFile, []string{"-usr", "u"}, "flag provided but not defined: -usr"},
		{"an argument too many", goodFile, append(who, "more"), `unexpected argument "more"`},
		{"a life too long", goodFile, append(who, "-ttl", "1000h"), "the expiry is too far ahead"},
		{"no life", goodFile, append(who, "-ttl", "-1s"), "the expiry is in the past"},
		{"a file that is not JSON", `{`, who, "FILE: not a JSON object of stacks: unexpected end of JSON input"},
		{"a file without stacks", `{}`, who, "FILE: 0 stacks in it have the outputs TokensTableName and SecretArn, choose with -stack: []"},
		{
			"a file with two hubs", `{"Shop":{"TokensTableName":"t","SecretArn":"s"},"Hermes-dev":{"TokensTableName":"t","SecretArn":"s"},"Else":{}}`, who,
			`FILE: 2 stacks in it have the outputs TokensTableName and SecretArn, choose with -stack: ["Hermes-dev" "Shop"]`,
		},
		{"another stage", goodFile, append(who, "-stage", "prod"), `FILE: no stack Hermes-prod in it, only ["Hermes-local"]`},
		{"another stack", goodFile, append(who, "-stack", "Shop"), `FILE: no stack Shop in it, only ["Hermes-local"]`},
		{"a stage and a stack", goodFile, append(who, "-stack", "Shop", "-stage", "dev"), "-stage and -stack exclude each other"},
		{"a stack without the output", `{"Hermes-local":{"TokensTableName":"t"}}`, who, "FILE: stack Hermes-local has no output SecretArn: add an awscdk.CfnOutput of that name to the app"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := write(t, tt.file)
			var stdout bytes.Buffer
			err := run(t.Context(), append([]string{"-outputs", file}, tt.args...), &stdout, &bytes.Buffer{})
			if err == nil {
				t.Fatal("it succeeded")
			}
			got := strings.ReplaceAll(err.Error(), file, "FILE")
			if strings.HasPrefix(tt.want, "the expiry") {
				if !strings.Contains(got, tt.want) {
					t.Errorf("says %s", got)
				}
			} else if got != tt.want {
				t.Errorf("says %s\nwant %s", got, tt.want)
			}
			if stdout.Len() > 0 {
				t.Errorf("says %q and prints %q", got, stdout.String())
			}
		})
	}
}

func TestMissingFileNamesTheCommand(t *testing.T) {
	t.Chdir(t.TempDir())
	err := run(t.Context(), []string{"-stage", "dev", "-user", "ada", "-room", "orders"}, &bytes.Buffer{}, &bytes.Buffer{})
	want := ".hermes/dev/outputs.json does not exist: make run writes it for stage local, make deploy for the others"
	if err == nil || err.Error() != want {
		t.Errorf("says %v", err)
	}
	err = run(t.Context(), []string{"-user", "ada", "-room", "orders"}, &bytes.Buffer{}, &bytes.Buffer{})
	if err == nil || !strings.HasPrefix(err.Error(), ".hermes/local/outputs.json does not exist") {
		t.Errorf("says %v", err)
	}
}

func TestStageThatDoesNotRun(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	listener.Close()
	err = run(t.Context(), []string{"-outputs", write(t, goodFile), "-user", "ada", "-room", "orders", "-endpoint", url}, &bytes.Buffer{}, &bytes.Buffer{})
	if err == nil || !strings.HasPrefix(err.Error(), "nothing listens at "+url+", start the local stage (make run): client: issue") {
		t.Errorf("says %v", err)
	}
}

func TestOutputsThatAreOutOfDate(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t)
	e.status, e.answer = http.StatusBadRequest, `{"__type":"ResourceNotFoundException","message":"gone"}`
	err := run(t.Context(), []string{"-outputs", write(t, goodFile), "-user", "ada", "-room", "orders", "-endpoint", e.URL}, &bytes.Buffer{}, &bytes.Buffer{})
	if err == nil || !strings.HasPrefix(err.Error(), "the outputs of stack Hermes-local are out of date, deploy or start it again: client: issue") {
		t.Errorf("says %v", err)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	if err := run(t.Context(), []string{"-h"}, &bytes.Buffer{}, &stderr); !errors.Is(err, flag.ErrHelp) || !strings.Contains(stderr.String(), "-room room") {
		t.Errorf("gave %v and %q", err, stderr.String())
	}
}

func TestEndpointOfTheLocalStageIsFound(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL", "")
	e := newEndpoint(t)
	file := write(t, strings.Replace(goodFile, `"Other"`, `"QueueUrl":"`+e.URL+`/000000000000/intake","Other"`, 1))
	if err := run(t.Context(), []string{"-outputs", file, "-user", "ada", "-room", "orders"}, &bytes.Buffer{}, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	if len(e.targets) != 3 {
		t.Errorf("the endpoint was asked %q", e.targets)
	}
}
