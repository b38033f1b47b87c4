package eventsource

import (
	"bufio"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// leave ends a peer whose test was killed: its standard input ends then.
const leave = "process.stdin.on('end', () => process.exit()).resume();"

const fauxqsScript = leave + `
const {buildApp} = await import('fauxqs');
const app = buildApp({logger: false});
await app.listen({port: 0, host: '127.0.0.1'});
console.log(app.server.address().port);
`

// startPeer runs a node script that prints its port, until the test ends, and returns the configuration of clients for it.
func startPeer(t *testing.T, script string) aws.Config {
	t.Helper()
	cmd := exec.Command("node", "--input-type=module", "-e", script)
	cmd.Dir = "../../../.." // where package.json is
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 100}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = input.Close()
		_ = cmd.Process.Kill()
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait()
	})
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the peer did not start: %v", err)
	}
	return aws.Config{
		Region:       "us-east-1",
		BaseEndpoint: aws.String("http://127.0.0.1:" + strings.TrimSpace(port)),
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
		HTTPClient:   &http.Client{Transport: transport, Timeout: time.Minute},
	}
}
