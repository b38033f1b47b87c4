package backends

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

const crashDirEnv = "PEERS_TEST_CRASH_DIR"

type crashReport struct {
	Pid int
	URL string
}

// crashingParent starts a peer, says where it is, and waits to be killed.
func crashingParent(dir string) {
	root, err := FindRoot(".")
	if err != nil {
		panic(err)
	}
	peer, err := StartQueues(context.Background(), QueueOptions{Root: root, PublicURL: publicURL, Dir: dir, Every: time.Hour})
	if err != nil {
		panic(err)
	}
	report, err := json.Marshal(crashReport{Pid: peer.cmd.Process.Pid, URL: peer.URL})
	if err != nil {
		panic(err)
	}
	fmt.Println(string(report))
	<-peer.Done()
}

func TestAPeerEndsWithAParentThatIsKilledAndKeepsItsMessages(t *testing.T) {
	t.Parallel()
	ctx := testContext(t)
	dir := t.TempDir()
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), crashDirEnv+"="+dir)
	stdout, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var report crashReport
	if err := json.Unmarshal(line, &report); err != nil {
		t.Fatal(err)
	}
	client := sqs.NewFromConfig(testConfig(report.URL))
	id := send(ctx, t, client, createQueue(ctx, t, client, "jobs"), "kept", 0)
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	awaitGone(ctx, t, report.Pid)

	peer, err := StartQueues(ctx, QueueOptions{Root: testRoot(t), PublicURL: publicURL, Dir: dir})
	started(t, peer, err)
	client = sqs.NewFromConfig(testConfig(peer.URL))
	got := receive(ctx, t, client, createQueue(ctx, t, client, "jobs"), 10)
	if len(got) != 1 || *got[0].MessageId != id {
		t.Errorf("messages after the crash = %v, want the one with id %s", got, id)
	}
}

func awaitGone(ctx context.Context, t *testing.T, pid int) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for syscall.Kill(pid, 0) == nil && !zombie(pid) {
		select {
		case <-ctx.Done():
			t.Fatalf("process %d outlives its parent", pid)
		case <-tick.C:
		}
	}
}

// zombie reports whether a process has ended but is not reaped, as happens in containers without an init.
func zombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	var id int
	var name, state string
	_, _ = fmt.Sscan(string(stat), &id, &name, &state)
	return state == "Z"
}
