package readme

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What a newcomer does, in the README's order.
func TestTheReadmesCommandsWorkAsTheyArePrinted(t *testing.T) {
	t.Parallel()
	readme, dir := scriptOf(t, "README.md"), clone(t)
	run(t, dir, readme.take(t, "make doctor"))
	makeRun := readme.take(t, "make run")

	first := start(t, dir, makeRun)
	first.expectTable(t)
	if status, body := fetch(t, first.rows["ConsoleUrl"]); status != http.StatusOK || !strings.Contains(body, "<title>Hermes console</title>") {
		t.Errorf("the console answers %d:\n%s", status, body)
	}
	published := first.publishAsPrinted(t, dir, readme)
	first.interrupt(t)

	second := start(t, filepath.Dir(dir), "make -C "+filepath.Base(dir)+" run") // from elsewhere it is the same
	t.Run("a second start has the history of the room", func(t *testing.T) {
		token := lastLine(run(t, dir, readme.take(t, "make token")))
		second.expectHistory(t, token, published)
	})
	t.Run("the guides' programs run", func(t *testing.T) { second.runGuides(t, dir) })
	second.interrupt(t)

	run(t, dir, readme.take(t, "make synth STAGE=prod"))
	if _, err := os.Stat(filepath.Join(dir, "cdk.out", "Hermes-prod.template.json")); err != nil {
		t.Error(err)
	}
	if help := run(t, dir, readme.take(t, "make help")); !strings.Contains(help, "\n  run ") {
		t.Errorf("make help prints\n%s", help)
	}
	readme.leave(t, "make test", "it is what runs this")
	for _, line := range []string{
		"make diff STAGE=prod", "make deploy STAGE=prod",
		`make deploy STAGE=prod ARGS="-c sender=no-reply@your-domain -c senderIdentity=your-domain -c alarmEmail=ops@your-domain"`,
	} {
		readme.leave(t, line, "it needs an AWS account")
	}
	readme.finish(t)
}

// expectTable compares the table with the one that the README shows: the same rows, and the same values but for those that are
// made again by each first start.
func (s *stage) expectTable(t *testing.T) {
	t.Helper()
	var shown [][]string
	for _, b := range blocks(t, "README.md", "") {
		shown = append(shown, row.FindAllStringSubmatch(b.text, -1)...)
	}
	if len(shown) == 0 {
		t.Fatal("README.md shows no table")
	}
	for _, r := range shown {
		label, want := r[1], strings.TrimSpace(r[2])
		got, there := s.rows[label]
		switch {
		case !there:
			t.Errorf("the table has no row %q, which README.md shows", label)
		case label == "WebSocketUrl":
			want, got = apiID.ReplaceAllString(want, "/API/"), apiID.ReplaceAllString(got, "/API/")
		case strings.HasSuffix(want, "..."):
			want = strings.TrimSuffix(want, "...")
			got = got[:min(len(want), len(got))]
		}
		if there && got != want {
			t.Errorf("row %q: got %q, README.md shows %q", label, got, want)
		}
	}
}

var apiID = regexp.MustCompile(`/[a-z0-9]{10}/`)

// publishAsPrinted connects and publishes with the README's own lines, once with each AWS client there is, and returns what
// came, a frame a line.
func (s *stage) publishAsPrinted(t *testing.T, dir string, readme *script) []string {
	t.Helper()
	shown := regexp.MustCompile("(?s)The wscat window shows\\s+`([^`]+)`").FindStringSubmatch(read(t, "README.md"))
	if shown == nil {
		t.Fatal("README.md does not say what the wscat window shows")
	}
	wscat := launch(t, dir, readme.take(t, "npx wscat"), "WebSocketUrl="+s.rows["WebSocketUrl"], "TOKEN="+s.rows["token (ada, lobby)"])
	eventually(t, patience, func() error { return s.connections(t, "lobby", 1) })
	lines := readme.take(t, "export AWS_ENDPOINT_URL") + "\n" + readme.take(t, "aws ")
	all := shells(t)
	for n, with := range all {
		run(t, dir, lines, "PATH="+with.path, "QueueUrl="+s.rows["QueueUrl"])
		want := pattern(strings.Replace(shown[1], `"seq":1`, fmt.Sprintf(`"seq":%d`, n+1), 1))
		eventually(t, patience, func() error {
			if shown := frames(wscat); len(shown) != n+1 || !want.MatchString(shown[n]) {
				return fmt.Errorf("with %s: wscat shows %q, want %s", with.name, shown, want)
			}
			return nil
		})
	}
	wscat.interrupt(t)
	eventually(t, patience, func() error { return s.connections(t, "lobby", 0) })
	return frames(wscat)
}

// frames are the lines of JSON that a process has printed; npx may have warnings of its own.
func frames(p *process) (found []string) {
	for line := range strings.Lines(p.output.String()) {
		if strings.HasPrefix(line, "{") {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}

func lastLine(text string) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return all[len(all)-1]
}
