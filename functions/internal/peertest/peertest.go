// Package peertest starts the AWS stand-ins that npm installed, for tests of adapters: DynamoDB by dynalite and SQS by
// fauxqs. Each listens on a free port of the loopback and ends with its test.
package peertest

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/functions/internal/testenv"
)

// Credentials that every stand-in accepts.
var static = credentials.NewStaticCredentialsProvider("test", "test", "")

const region = "us-east-1"

// Dynalite starts a DynamoDB.
func Dynalite(t testing.TB) *dynamodb.Client {
	t.Helper()
	url := start(t, "dynalite", "commonjs", `const server = require('dynalite')({createTableMs: 0});`+
		`server.listen(0, '127.0.0.1', () => console.log(server.address().port));`)
	return dynamodb.New(dynamodb.Options{Region: region, BaseEndpoint: aws.String(url), Credentials: static})
}

// Fauxqs starts an SQS.
func Fauxqs(t *testing.T) *sqs.Client {
	t.Helper()
	url := start(t, "fauxqs", "module", `import { buildApp } from 'fauxqs';`+
		`const app = buildApp({ logger: false });`+
		`await app.listen({ port: 0, host: '127.0.0.1' });`+
		`console.log(app.server.address().port);`)
	return sqs.New(sqs.Options{Region: region, BaseEndpoint: aws.String(url), Credentials: static})
}

// start runs a script that prints the port on which the npm package listens, and returns its URL. The process ends when
// its standard input does, so that it never outlives the test, however that ends.
func start(t testing.TB, pkg, inputType, script string) string {
	t.Helper()
	root := testenv.ModuleRoot(t)
	if _, err := os.Stat(filepath.Join(root, "node_modules", pkg)); err != nil {
		t.Fatalf("%s is not installed: run `npm ci` in %s first (%v)", pkg, root, err)
	}
	node := exec.Command("node", "--input-type="+inputType, "-e", script+`process.stdin.resume().on('end', () => process.exit());`) //nolint:noctx // it ends with its input
	node.Dir = root
	node.Stderr = os.Stderr
	stdin, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatalf("node is needed to run %s: %v", pkg, err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = node.Wait()
	})
	port, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("%s did not print its port: %v", pkg, err)
	}
	return "http://127.0.0.1:" + strings.TrimSpace(port)
}
