// Package ttl plays the time to live of DynamoDB: it removes the rows of tables that have expired.
package ttl

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/infra/local/internal/clock"
)

// A Table is a DynamoDB table with time to live.
type Table struct {
	Name      string
	Attribute string   // the attribute with the time of expiry, a Number of seconds since the epoch
	Keys      []string // attributes of the primary key
}

// Items is what a sweeper needs of the DynamoDB client.
type Items interface {
	Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error)
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
}

var _ Items = (*dynamodb.Client)(nil)

// A Sweeper removes expired rows. AWS takes up to some days for it, this one some seconds.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
type Sweeper struct {
	tables  []Table
	cfg     Config
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// Config is what a Sweeper needs.
type Config struct {
	Items    Items
	Interval time.Duration // between sweeps. Default: 5 s
	Clock    clock.Clock   // Default: the machine's
	Logger   *slog.Logger  // Default: slog.Default()
}

// ErrInvalidTable says that a table has no name, attribute or keys.
var ErrInvalidTable = errors.New("invalid table")

// oldest is the age up to which AWS removes rows, so that a wrong unit does not empty a table.
const oldest = 5 * 365 * 24 * time.Hour

// New checks the tables; errors wrap ErrInvalidTable.
func New(tables []Table, cfg Config) (*Sweeper, error) {
	for _, t := range tables {
		if t.Name == "" || t.Attribute == "" || len(t.Keys) < 1 || len(t.Keys) > 2 {
			return nil, fmt.Errorf("ttl: %w: %+v", ErrInvalidTable, t)
		}
	}
	if cfg.Interval == 0 {
		cfg.Interval = 5 * time.Second
	}
	cfg.Clock = clock.OrSystem(cfg.Clock)
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	s := &Sweeper{tables: tables, cfg: cfg}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s, nil
}

// Start starts to sweep.
func (s *Sweeper) Start() {
	for _, t := range s.tables {
		s.running.Go(func() { s.run(t) })
	}
}

// Stop ends sweeping and waits for it.
func (s *Sweeper) Stop() {
	s.cancel()
	s.running.Wait()
}

func (s *Sweeper) run(t Table) {
	for {
		select {
		case <-s.cfg.Clock.After(s.cfg.Interval):
		case <-s.ctx.Done():
			return
		}
		if _, err := s.Sweep(s.ctx, t); err != nil && s.ctx.Err() == nil {
			s.cfg.Logger.Error("expired rows not removed", slog.String("table", t.Name), slog.Any("error", err))
		}
	}
}

// Sweep removes the expired rows of t once and returns how many.
func (s *Sweeper) Sweep(ctx context.Context, t Table) (int, error) {
	names, projection := map[string]string{"#ttl": t.Attribute}, ""
	for i, key := range t.Keys {
		if key == t.Attribute {
			continue // paths of a projection must not overlap
		}
		alias := "#k" + strconv.Itoa(i)
		names[alias] = key
		projection += alias + ","
	}
	projection += "#ttl"
	now := s.cfg.Clock.Now()
	// The comparison excludes rows whose attribute is not a Number.
	condition := "#ttl < :now AND #ttl > :oldest"
	values := map[string]types.AttributeValue{
		":now":    &types.AttributeValueMemberN{Value: strconv.FormatInt(now.Unix(), 10)},
		":oldest": &types.AttributeValueMemberN{Value: strconv.FormatInt(now.Add(-oldest).Unix(), 10)},
	}
	removed := 0
	scan := &dynamodb.ScanInput{
		TableName: &t.Name, FilterExpression: &condition, ProjectionExpression: &projection,
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
	}
	for {
		page, err := s.cfg.Items.Scan(ctx, scan)
		if err != nil {
			return removed, fmt.Errorf("ttl: sweep %s: %w", t.Name, err)
		}
		for _, row := range page.Items {
			gone, err := s.remove(ctx, t, row, condition, values)
			if err != nil {
				return removed, err
			}
			if gone {
				removed++
			}
		}
		if len(page.LastEvaluatedKey) == 0 {
			return removed, nil
		}
		scan.ExclusiveStartKey = page.LastEvaluatedKey
	}
}

// remove deletes a row, unless its expiry was extended since it was read.
func (s *Sweeper) remove(ctx context.Context, t Table, row map[string]types.AttributeValue, condition string, values map[string]types.AttributeValue) (bool, error) {
	key := make(map[string]types.AttributeValue, len(t.Keys))
	for _, name := range t.Keys {
		key[name] = row[name]
	}
	_, err := s.cfg.Items.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: &t.Name, Key: key, ConditionExpression: &condition,
		ExpressionAttributeNames: map[string]string{"#ttl": t.Attribute}, ExpressionAttributeValues: values,
	})
	var prolonged *types.ConditionalCheckFailedException
	if errors.As(err, &prolonged) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("ttl: sweep %s: %w", t.Name, err)
	}
	return true, nil
}
