package dynamo_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// startDynalite starts the DynamoDB that npm installed, on a free port of the loopback, and stops it after the test.
func startDynalite(t *testing.T) *dynamodb.Client {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "node_modules", "dynalite")); err != nil {
		t.Fatalf("dynalite is not installed: run `npm ci` in %s first (%v)", root, err)
	}
	const script = `const server = require('dynalite')({createTableMs: 0});` +
		`server.listen(0, '127.0.0.1', () => console.log(server.address().port));` +
		`process.stdin.resume().on('end', () => process.exit());` // ends with us, however we end
	node := exec.Command("node", "-e", script)
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
		t.Fatalf("node is needed to run dynalite: %v", err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = node.Wait()
	})
	port, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("dynalite did not say its port: %v", err)
	}
	return dynamodb.New(dynamodb.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String("http://127.0.0.1:" + strings.TrimSpace(port)),
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

// createTable creates a table with string keys but for seq, which is a number, and optional index keys.
func createTable(t *testing.T, client *dynamodb.Client, name string, keys []string, index ...string) {
	t.Helper()
	in := &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest, KeySchema: schema(keys)}
	defined := map[string]bool{}
	for _, key := range append(append([]string(nil), keys...), index...) {
		if !defined[key] {
			in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: aws.String(key), AttributeType: typeOf(key)})
		}
		defined[key] = true
	}
	if len(index) > 0 {
		in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{{
			IndexName: aws.String(contract.IndexByUser), KeySchema: schema(index),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if _, err := client.CreateTable(ctx, in); err != nil {
		t.Fatal(err)
	}
	if err := dynamodb.NewTableExistsWaiter(client, soon).Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, 10*time.Second); err != nil {
		t.Fatal(fmt.Errorf("table %s: %w", name, err))
	}
}

// soon polls at the pace of a table that exists at once.
func soon(o *dynamodb.TableExistsWaiterOptions) {
	o.MinDelay, o.MaxDelay = 5*time.Millisecond, 50*time.Millisecond
}

func typeOf(key string) types.ScalarAttributeType {
	if key == contract.AttributeSeq {
		return types.ScalarAttributeTypeN
	}
	return types.ScalarAttributeTypeS
}

func schema(keys []string) []types.KeySchemaElement {
	var elements []types.KeySchemaElement
	for i, key := range keys {
		kind := types.KeyTypeHash
		if i > 0 {
			kind = types.KeyTypeRange
		}
		elements = append(elements, types.KeySchemaElement{AttributeName: aws.String(key), KeyType: kind})
	}
	return elements
}
