package readme

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// runGuides runs the programs and commands of the guides against the stage. dir is the clone.
func (s *stage) runGuides(t *testing.T, dir string) {
	t.Helper()
	t.Run("docs/backends.md", func(t *testing.T) { s.runBackends(t, dir) })
	t.Run("docs/scheduler.md", func(t *testing.T) { s.runScheduler(t, dir) })
	t.Run("constructs/budgetsubscriber", func(t *testing.T) {
		page := scriptOf(t, "constructs/budgetsubscriber/README.md")
		page.leave(t, "aws sqs start-message-move-task --source-arn $DEAD_LETTER_QUEUE_ARN --destination-arn $REDRIVE_QUEUE_ARN", noMoveTasks)
		page.finish(t)
	})
	t.Run("docs/first-deploy.md", func(t *testing.T) { s.runFirstDeploy(t, dir) })
	t.Run("the README's page in a browser", func(t *testing.T) { s.runPage(t, dir) })
}

// noMoveTasks is why redrives are not run.
const noMoveTasks = "the local stage's SQS does not know StartMessageMoveTask"

// A runner runs the program of one language, or says why it cannot.
type runner struct {
	language string
	// prepare returns the command to run the program in a file, or what is missing.
	prepare func(t *testing.T, program block) (command []string, missing string)
}

// All programs issue a token for the same user and room and publish into the room. The tokens live side by side, whoever
// issues next: a backend in one language may take over from another.
func (s *stage) runBackends(t *testing.T, dir string) {
	t.Helper()
	const page = "docs/backends.md"
	var tokens []string
	rubyProbe := `%w[jwt bcrypt aws-sdk-dynamodb aws-sdk-secretsmanager aws-sdk-sqs].each { |gem| require gem }`
	// Earlier ones do not know AWS_ENDPOINT_URL.
	pythonProbe := `import jwt, bcrypt, boto3; assert tuple(map(int, boto3.__version__.split(".")[:2])) >= (1, 28)`
	for _, r := range []runner{
		{"go", func(t *testing.T, b block) ([]string, string) { return []string{buildProgram(t, dir, b.text)}, "" }},
		{"js", prepareNode},
		{"ruby", prepareInterpreter("ruby", "-e", rubyProbe, ".rb")},
		{"python", prepareInterpreter("python3", "-c", pythonProbe, ".py")},
		{"go", func(t *testing.T, b block) ([]string, string) { return []string{buildProgram(t, dir, b.text)}, "" }},
	} {
		t.Run(r.language, func(t *testing.T) {
			programs := blocks(t, page, r.language)
			if len(programs) != 1 {
				t.Fatalf("%s has %d programs in %s, want 1", page, len(programs), r.language)
			}
			name := fmt.Sprintf("%s:%d (%s)", page, programs[0].line, r.language)
			command, missing := r.prepare(t, programs[0])
			if missing != "" {
				skip(t, name, missing)
			}
			watcher := s.connect(t, s.token(t, dir, "watcher", "orders"))
			token := strings.Fields(s.program(t, command))[0]
			if got := watcher.read(t, "messages").Messages[0].Data; !sameJSON(got, `{"type":"paid","order":7}`) {
				t.Errorf("the program published %s", got)
			}
			tokens = append(tokens, token)
			for _, each := range tokens {
				s.connect(t, each)
			}
			report("ran      %s", name)
		})
	}
}

// token issues one as the README says.
func (s *stage) token(t *testing.T, dir, user, room string) string {
	t.Helper()
	return lastLine(run(t, dir, "make token USER_ID="+user+" ROOM_ID="+room))
}

// program runs a command in the environment of a backend and returns what it printed.
func (s *stage) program(t *testing.T, command []string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), command[0], command[1:]...)
	c.Env = environ(s.environment(s.outputs()...)...)
	c.Stderr = t.Output()
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%q: %v\n%s", command, err, out)
	}
	return string(out)
}

func sameJSON(got []byte, want string) bool {
	var one, other any
	if json.Unmarshal(got, &one) != nil || json.Unmarshal([]byte(want), &other) != nil {
		return false
	}
	return fmt.Sprint(one) == fmt.Sprint(other)
}

// buildProgram compiles a program as a package of the clone's module.
func buildProgram(t *testing.T, dir, text string) string {
	t.Helper()
	folder, err := os.MkdirTemp(dir, "program")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "main.go"), text)
	binary := filepath.Join(t.TempDir(), "program")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./"+filepath.Base(folder))
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the program does not compile: %v\n%s\n%s", err, out, text)
	}
	return binary
}

// prepareNode installs what the page tells to install, in the versions that node/package-lock.json pins.
func prepareNode(t *testing.T, b block) ([]string, string) {
	t.Helper()
	dir := t.TempDir()
	var pinned struct{ Dependencies map[string]string }
	for _, name := range []string{"package.json", "package-lock.json"} {
		content, err := os.ReadFile(filepath.Join("node", name))
		if err != nil {
			t.Fatal(err)
		}
		if name == "package.json" {
			if err := json.Unmarshal(content, &pinned); err != nil {
				t.Fatal(err)
			}
		}
		write(t, filepath.Join(dir, name), string(content))
	}
	var names []string
	for name := range pinned.Dependencies {
		names = append(names, name)
	}
	_, rest, _ := strings.Cut(read(t, b.page), "`npm install ")
	printed, _, _ := strings.Cut(rest, "`")
	wanted := strings.Fields(printed)
	slices.Sort(names)
	slices.Sort(wanted)
	if !slices.Equal(names, wanted) {
		t.Fatalf("%s tells to install %q, test/readme/node/package.json pins %q", b.page, wanted, names)
	}
	run(t, dir, "npm ci --prefer-offline --no-audit --no-fund --loglevel=error")
	file := filepath.Join(dir, "program.js")
	write(t, file, b.text)
	return []string{"node", file}, ""
}

// prepareInterpreter runs a program with an interpreter that has its libraries, which the probe tells.
func prepareInterpreter(name, flag, probe, extension string) func(*testing.T, block) ([]string, string) {
	return func(t *testing.T, b block) ([]string, string) {
		t.Helper()
		missing := "there is no " + name
		// The libraries of the system's packages are found by the system's interpreter alone, which may not be the first.
		for _, candidate := range []string{name, "/usr/bin/" + name} {
			path, err := exec.LookPath(candidate)
			if err != nil {
				continue
			}
			if exec.CommandContext(t.Context(), path, flag, probe).Run() != nil {
				missing = path + " lacks the libraries that the page names"
				continue
			}
			file := filepath.Join(t.TempDir(), "program"+extension)
			write(t, file, b.text)
			return []string{path, file}, ""
		}
		return nil, missing
	}
}

// The scheduler's guide: its Go lines make the token that its curl line needs.
func (s *stage) runScheduler(t *testing.T, dir string) {
	t.Helper()
	guide := scriptOf(t, "docs/scheduler.md")
	snippet := blocks(t, guide.page, "go")[0]
	token := strings.TrimSpace(s.program(t, []string{buildProgram(t, dir, schedulerProgram(snippet))}))
	report("ran      %s:%d (go)", snippet.page, snippet.line)

	if _, err := exec.LookPath("curl"); err != nil {
		skip(t, guide.page+" (curl)", "there is no curl")
	}
	answer := strings.TrimSpace(run(t, dir, guide.take(t, "curl"), "API_URL="+s.rows["ApiUrl"], "TOKEN="+token))
	_, shown, _ := strings.Cut(read(t, guide.page), "\n# {")
	shown, _, _ = strings.Cut("{"+shown, "\n")
	if want := pattern(strings.ReplaceAll(shown, `"01KA..."`, `"..."`)); !want.MatchString(answer) {
		t.Errorf("curl prints %s\nwant %s", answer, want)
	}
	guide.leave(t, `aws sqs start-message-move-task --source-arn "$DEAD_LETTER_QUEUE_ARN" --destination-arn "$QUEUE_ARN"`, noMoveTasks)
	guide.finish(t)

	construct := scriptOf(t, "constructs/messagescheduler/README.md")
	run(t, dir, construct.take(t, "curl")+" --fail", "API_URL="+s.rows["ApiUrl"], "TOKEN="+token)
	construct.finish(t)
}

// runFirstDeploy runs the guide's line for a deployed stage against this one.
func (s *stage) runFirstDeploy(t *testing.T, dir string) {
	t.Helper()
	guide := scriptOf(t, "docs/first-deploy.md")
	smoke := guide.take(t, "make smoke STAGE=dev")
	run(t, dir, strings.Replace(smoke, "STAGE=dev", "STAGE=local", 1))
	guide.leave(t, smoke+` ARGS="-skip alert"`, "the line without it is run")
	guide.leave(t, "make token STAGE=dev USER_ID=bob ROOM_ID=lobby", "the README's is run")
	guide.leave(t, "make synth STAGE=dev", "the README's is run")
	for _, line := range []string{
		"make deploy STAGE=dev", `make deploy STAGE=dev ARGS="-c sender=you@your-domain -c sandboxRecipients=you@your-domain,colleague@your-domain"`,
		"make destroy STAGE=dev",
	} {
		guide.leave(t, line, "it needs an AWS account")
	}
	guide.leave(t, "make test", "it is what runs this")
	guide.finish(t)
}

// runPage runs the README's lines for a browser in Node, with the token that they fetch and, before Node 22, a WebSocket.
func (s *stage) runPage(t *testing.T, dir string) {
	t.Helper()
	page := blocks(t, "README.md", "js")[0]
	folder := filepath.Join(dir, "client", "web")
	file, setup := filepath.Join(folder, "page.mjs"), filepath.Join(folder, "setup.mjs")
	write(t, file, page.text)
	write(t, setup, `
import { createRequire } from "node:module";
globalThis.WebSocket ??= createRequire(import.meta.url)("ws");
globalThis.webSocketUrl = process.env.WEBSOCKET_URL;
globalThis.fetch = async (path) => new Response(path === "/token" ? process.env.TOKEN : null);
`)
	node := launch(t, folder, "node --import ./setup.mjs page.mjs", "WEBSOCKET_URL="+s.rows["WebSocketUrl"], "TOKEN="+s.token(t, dir, "ada", "page"))
	eventually(t, patience, func() error {
		if printed := strings.TrimSpace(node.output.String()); printed != "7" {
			if node.hasEnded() {
				return hopeless{fmt.Errorf("the page ended and printed %q", printed)}
			}
			return fmt.Errorf("the page printed %q, want 7", printed)
		}
		return nil
	})
	node.interrupt(t)
	report("ran      %s:%d (js)", page.page, page.line)

	web := scriptOf(t, "client/web/README.md")
	run(t, dir, web.take(t, "node client/web/pack.mjs dist"))
	if _, err := os.Stat(filepath.Join(dir, "dist", "index.html")); err != nil {
		t.Error(err)
	}
	for _, line := range []string{
		"node --test client/web/test/*.test.js", "SEEDS=1-500 node --test client/web/test/model.test.js", "node test/browser/run.mjs",
		"node --test test/packages/*.test.mjs",
	} {
		web.leave(t, line, "make test runs it, or with fewer seeds")
	}
	web.leave(t, "make run", "the README's is run")
	web.finish(t)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
