package client

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// Real peers, which others wrote, run beside the tests: dynalite for DynamoDB and fauxqs for SQS. One Node process
// serves all tests and ends with this one, when its standard input closes.
type peers struct {
	DynamoDB string `json:"dynamodb"`
	SQS      string `json:"sqs"`
}

// peersInput stays reachable until this process ends: collected as garbage, it would be closed.
var peersInput io.WriteCloser

var startPeers = sync.OnceValues(func() (peers, error) {
	var p peers
	cmd := exec.Command("node", "testdata/peers.mjs")
	cmd.Stderr = os.Stderr
	var err error
	if peersInput, err = cmd.StdinPipe(); err != nil {
		return p, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return p, err
	}
	if err := cmd.Start(); err != nil {
		return p, err
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		return p, fmt.Errorf("testdata/peers.mjs printed nothing: %w", err)
	}
	return p, json.Unmarshal(line, &p)
})

func peersOf(t *testing.T) peers {
	t.Helper()
	requireNode(t)
	p, err := startPeers()
	if err != nil {
		t.Fatalf("start dynalite and fauxqs: %v", err)
	}
	return p
}

// requireNode fails, rather than skips, without the npm packages: make test installs them.
func requireNode(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Fatalf("this test needs Node: %v", err)
	}
	if _, err := os.Stat("../node_modules/jsonwebtoken"); err != nil {
		t.Fatalf("this test needs the npm packages of package.json, run npm ci in the repository's root: %v", err)
	}
}

var testCredentials = credentials.NewStaticCredentialsProvider("test", "test", "")

// peerTable makes an empty Tokens table on the real peer.
func peerTable(t *testing.T) table {
	t.Helper()
	db := dynamodb.New(dynamodb.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(peersOf(t).DynamoDB), Credentials: testCredentials,
	})
	name := "tokens-" + newName()
	user, room := aws.String(contract.AttributeUserID), aws.String(contract.AttributeRoomID)
	_, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName:   &name,
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: user, AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: room, AttributeType: types.ScalarAttributeTypeS},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: user, KeyType: types.KeyTypeHash}, {AttributeName: room, KeyType: types.KeyTypeRange},
		},
	})
	if err != nil {
		t.Fatalf("create table %s: %v", name, err)
	}
	active := dynamodb.NewTableExistsWaiter(db, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 10 * time.Millisecond })
	if err := active.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &name}, 30*time.Second); err != nil {
		t.Fatalf("table %s: %v", name, err)
	}
	return table{client: db, name: name}
}

// peerQueue makes an empty queue on the real peer.
func peerQueue(t *testing.T) (*sqs.Client, string) {
	t.Helper()
	client := sqs.New(sqs.Options{Region: "us-east-1", BaseEndpoint: aws.String(peersOf(t).SQS), Credentials: testCredentials})
	name := "intake-" + newName()
	out, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name})
	if err != nil {
		t.Fatalf("create queue %s: %v", name, err)
	}
	return client, *out.QueueUrl
}
