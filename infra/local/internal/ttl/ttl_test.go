package ttl

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/infra/local/internal/backends"
)

func TestSweeperWithDynalite(t *testing.T) {
	t.Parallel()
	root, err := backends.FindRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	peer, err := backends.StartDynamo(t.Context(), backends.DynamoOptions{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = peer.Stop() })
	client := dynamodb.New(dynamodb.Options{
		Region: "us-east-1", BaseEndpoint: &peer.URL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	_, err = client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String("rows"), BillingMode: types.BillingModePayPerRequest,
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("room"), KeyType: types.KeyTypeHash}, {AttributeName: aws.String("seq"), KeyType: types.KeyTypeRange}},
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("room"), AttributeType: types.ScalarAttributeTypeS}, {AttributeName: aws.String("seq"), AttributeType: types.ScalarAttributeTypeN},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	active := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 10 * time.Millisecond })
	if err := active.Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("rows")}, time.Minute); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	put := func(seq int, ttl types.AttributeValue) {
		item := map[string]types.AttributeValue{"room": &types.AttributeValueMemberS{Value: "r"}, "seq": &types.AttributeValueMemberN{Value: strconv.Itoa(seq)}}
		if ttl != nil {
			item["expires_at"] = ttl
		}
		if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("rows"), Item: item}); err != nil {
			t.Fatal(err)
		}
	}
	seconds := func(d time.Duration) types.AttributeValue {
		return &types.AttributeValueMemberN{Value: strconv.FormatInt(now.Add(d).Unix(), 10)}
	}
	put(1, seconds(-time.Hour))
	put(2, seconds(time.Hour))
	put(3, nil)
	put(4, &types.AttributeValueMemberS{Value: strconv.FormatInt(now.Add(-time.Hour).Unix(), 10)}) // a text does not count
	put(5, seconds(-6*365*24*time.Hour))                                                           // too old
	for seq := 10; seq < 60; seq++ {
		put(seq, seconds(-time.Minute))
	}
	table := Table{Name: "rows", Attribute: "expires_at", Keys: []string{"room", "seq"}}
	s, err := New([]Table{table}, Config{Items: client, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	removed, err := s.Sweep(t.Context(), table)
	if err != nil || removed != 51 {
		t.Errorf("%d rows removed, error %v", removed, err)
	}
	rest, err := client.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String("rows")})
	if err != nil {
		t.Fatal(err)
	}
	var kept string
	for _, row := range rest.Items {
		kept += row["seq"].(*types.AttributeValueMemberN).Value + " "
	}
	if kept != "2 3 4 5 " {
		t.Errorf("rows %sare kept", kept)
	}
}

// fakeItems returns rows in pages and refuses to delete some.
type fakeItems struct {
	pages   [][]map[string]types.AttributeValue
	scans   []time.Time
	deletes []string
	refuse  map[string]bool
	err     error
}

func (f *fakeItems) Scan(_ context.Context, in *dynamodb.ScanInput, _ ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	f.scans = append(f.scans, time.Now())
	if f.err != nil {
		return nil, f.err
	}
	page := 0
	if in.ExclusiveStartKey != nil {
		page, _ = strconv.Atoi(in.ExclusiveStartKey["id"].(*types.AttributeValueMemberS).Value)
	}
	out := &dynamodb.ScanOutput{}
	if page < len(f.pages) {
		out.Items = f.pages[page]
	}
	if page+1 < len(f.pages) {
		out.LastEvaluatedKey = map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: strconv.Itoa(page + 1)}}
	}
	return out, nil
}

func (f *fakeItems) DeleteItem(_ context.Context, in *dynamodb.DeleteItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	id := in.Key["id"].(*types.AttributeValueMemberS).Value
	if len(in.Key) != 1 || *in.ConditionExpression != "#ttl < :now AND #ttl > :oldest" {
		return nil, errors.New("an unconditional delete")
	}
	if f.refuse[id] {
		return nil, &types.ConditionalCheckFailedException{}
	}
	f.deletes = append(f.deletes, id)
	return nil, nil
}

func TestSweeper(t *testing.T) {
	t.Parallel()
	row := func(id string) map[string]types.AttributeValue {
		return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}, "ttl": &types.AttributeValueMemberN{Value: "1"}}
	}
	table := Table{Name: "rows", Attribute: "ttl", Keys: []string{"id"}}
	t.Run("every page is read and a row that was prolonged stays", func(t *testing.T) {
		t.Parallel()
		f := &fakeItems{pages: [][]map[string]types.AttributeValue{{row("a"), row("b")}, {}, {row("c")}}, refuse: map[string]bool{"b": true}}
		s, err := New([]Table{table}, Config{Items: f, Logger: quiet})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := s.Sweep(t.Context(), table); n != 2 || err != nil {
			t.Errorf("%d rows, error %v", n, err)
		}
	})
	t.Run("it sweeps at its interval, also after an error", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			f := &fakeItems{err: errors.New("refused")}
			s, err := New([]Table{table}, Config{Items: f, Logger: quiet})
			if err != nil {
				t.Fatal(err)
			}
			s.Start()
			<-time.After(16 * time.Second) // of the bubble
			s.Stop()
			if len(f.scans) != 3 {
				t.Errorf("%d sweeps", len(f.scans))
			}
		})
	})
	t.Run("a table without keys is refused", func(t *testing.T) {
		t.Parallel()
		if _, err := New([]Table{{Name: "rows", Attribute: "ttl"}}, Config{}); !errors.Is(err, ErrInvalidTable) {
			t.Errorf("error %v", err)
		}
	})
}

var quiet = slog.New(slog.DiscardHandler)
