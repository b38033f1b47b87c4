package receipts_test

import (
	"bufio"
	"context"
	"errors"
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

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/internal/budgetalert"
	"github.com/hermes-cdk/hermes/functions/internal/receipts"
)

// startDynalite starts the DynamoDB that npm installed, on a free port of the loopback, and stops it after the test.
func startDynalite(t *testing.T) *dynamodb.Client {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	const script = `const server = require('dynalite')({createTableMs: 0});` +
		`server.listen(0, '127.0.0.1', () => console.log(server.address().port));` +
		`process.stdin.resume().on('end', () => process.exit());` // ends with us, however we end
	node := exec.Command("node", "-e", script)
	node.Dir, node.Stderr = root, os.Stderr
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
		t.Fatalf("dynalite did not say its port; run `npm ci` in %s first: %v", root, err)
	}
	return dynamodb.New(dynamodb.Options{
		Region: "us-east-1", BaseEndpoint: aws.String("http://127.0.0.1:" + strings.TrimSpace(port)),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

func newTable(t *testing.T, now *time.Time) receipts.Table {
	t.Helper()
	client := startDynalite(t)
	table := receipts.Table{Client: client, Name: "receipts", TTL: time.Hour, Now: func() time.Time { return *now }}
	_, err := client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &table.Name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String(contract.AttributeMessageID), AttributeType: "S"}, {AttributeName: aws.String(contract.AttributeReceiver), AttributeType: "S"},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String(contract.AttributeMessageID), KeyType: "HASH"}, {AttributeName: aws.String(contract.AttributeReceiver), KeyType: "RANGE"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestClaims(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_700_000_000_000)
	table := newTable(t, &now)
	ctx := t.Context()
	claim := func(receiver string, want budgetalert.Claim) {
		t.Helper()
		got, err := table.Claim(ctx, "m", receiver, now.Add(10*time.Second))
		if err != nil || got != want {
			t.Errorf("claim for %s is %v, %v, want %v", receiver, got, err, want)
		}
	}
	claim("a", budgetalert.ClaimGranted)
	claim("a", budgetalert.ClaimBusy)
	claim("b", budgetalert.ClaimGranted) // each receiver has a receipt of its own
	now = now.Add(11 * time.Second)
	claim("a", budgetalert.ClaimGranted) // whoever held it was killed
	if err := table.Sent(ctx, "m", "a"); err != nil {
		t.Fatal(err)
	}
	claim("a", budgetalert.ClaimSent)
	now = now.Add(time.Hour)
	claim("a", budgetalert.ClaimSent) // a receipt has no lease
	claim("b", budgetalert.ClaimGranted)
	if err := table.Release(ctx, "m", "b"); err != nil {
		t.Fatal(err)
	}
	claim("b", budgetalert.ClaimGranted)

	row, err := table.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table.Name, Key: map[string]types.AttributeValue{
		"message_id": &types.AttributeValueMemberS{Value: "m"}, "receiver": &types.AttributeValueMemberS{Value: "b"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := row.Item["expires_at"].(*types.AttributeValueMemberN).Value; got != "1700007211" {
		t.Errorf("the row expires at %s", got)
	}
}

// down is a DynamoDB that fails.
type down struct{ taken bool }

var errDown = errors.New("service is down")

func (d down) PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	if d.taken {
		return nil, &types.ConditionalCheckFailedException{}
	}
	return nil, errDown
}

func (down) GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return nil, errDown
}

func (down) DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	return nil, errDown
}

func TestFailuresArePassedOn(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	table := receipts.Table{Client: down{}, Now: time.Now}
	_, claimed := table.Claim(ctx, "m", "r", time.Now())
	_, read := receipts.Table{Client: down{taken: true}, Now: time.Now}.Claim(ctx, "m", "r", time.Now())
	for want, err := range map[string]error{
		"receipts: claim message m: service is down":           claimed,
		"receipts: read receipt of message m: service is down": read,
		"receipts: note message m as sent: service is down":    table.Sent(ctx, "m", "r"),
		"receipts: release message m: service is down":         table.Release(ctx, "m", "r"),
	} {
		if !errors.Is(err, errDown) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
