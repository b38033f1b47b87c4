package e2e

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/client"
)

// A hub is a stage with the clients of a backend and of an operator.
type hub struct {
	*stage
	socketURL string
	// URLs of queues.
	intake, dead, fanout, fanDead string

	issuer     *client.TokenIssuer
	publisher  *client.Publisher
	dynamo     *dynamodb.Client
	queues     *sqs.Client
	secrets    *secretsmanager.Client
	management *apigatewaymanagementapi.Client
	// Names of tables.
	connections, rooms, tokens string
	// Names of functions.
	authorize, broadcast, deliver, disconnect string
}

// awsConfig is that of the administrator, as README.md tells users to set it.
func (s *stage) awsConfig() aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(s.url),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
}

func newHub(s *stage) (*hub, error) {
	cfg := s.awsConfig()
	h := &hub{
		stage: s, socketURL: s.outputs["WebSocketUrl"], intake: s.outputs["QueueUrl"], tokens: s.outputs["TokensTableName"],
		dynamo: dynamodb.NewFromConfig(cfg), queues: sqs.NewFromConfig(cfg), secrets: secretsmanager.NewFromConfig(cfg),
	}
	// The endpoint of @connections is the socket's, over HTTP.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
	h.management = apigatewaymanagementapi.NewFromConfig(cfg, func(o *apigatewaymanagementapi.Options) {
		o.BaseEndpoint = aws.String("http" + strings.TrimPrefix(h.socketURL, "ws"))
	})
	var err error
	if h.issuer, err = client.NewTokenIssuer(client.TokenIssuerConfig{
		DynamoDB: h.dynamo, Table: h.tokens, Secrets: h.secrets, SecretARN: s.outputs["SecretArn"],
	}); err != nil {
		return nil, err
	}
	if h.publisher, err = client.NewPublisher(h.queues, h.intake); err != nil {
		return nil, err
	}
	return h, h.look()
}

// A resource as /_local/resources lists it.
type resource struct{ Path, Name, URL string }

// look finds what an operator would look up in the stack: tables, queues and functions that are no outputs.
func (h *hub) look() error {
	var all struct{ Tables, Queues, Functions []resource }
	if err := h.control(http.MethodGet, "resources", nil, &all); err != nil {
		return err
	}
	tables, queues, functions := byConstruct(all.Tables), byConstruct(all.Queues), byConstruct(all.Functions)
	h.connections, h.rooms = tables["Hub/Connections"].Name, tables["Hub/Rooms"].Name
	h.dead, h.fanout, h.fanDead = queues["Hub/DeadLetters"].URL, queues["Hub/Fanout"].URL, queues["Hub/FanoutDeadLetters"].URL
	h.authorize, h.broadcast = functions["Hub/Authorize"].Name, functions["Hub/Broadcast"].Name
	h.deliver, h.disconnect = functions["Hub/Deliver"].Name, functions["Hub/Disconnect"].Name
	for _, name := range []string{
		h.connections, h.rooms, h.dead, h.fanout, h.fanDead, h.authorize, h.broadcast, h.deliver, h.disconnect,
	} {
		if name == "" {
			return fmt.Errorf("resources of the hub are not found among %+v", all)
		}
	}
	return nil
}

// byConstruct lists resources by the last two ids of their construct's path, such as Hub/Connections.
func byConstruct(list []resource) map[string]resource {
	found := map[string]resource{}
	for _, r := range list {
		ids := strings.Split(strings.TrimSuffix(r.Path, "/Resource"), "/")
		found[strings.Join(ids[max(0, len(ids)-2):], "/")] = r
	}
	return found
}

// function is the name of the function of a construct, such as Budget/Notify.
func (s *stage) function(t *testing.T, construct string) string {
	t.Helper()
	name := byConstruct(get[struct{ Functions []resource }](t, s, "resources").Functions)[construct].Name
	if name == "" {
		t.Fatalf("there is no function %s", construct)
	}
	return name
}

// newHubStage starts a stage for one test and takes its hub.
func newHubStage(t *testing.T, arguments ...string) *hub {
	t.Helper()
	return hubOf(t, newStage(t, arguments...))
}

func hubOf(t *testing.T, s *stage) *hub {
	t.Helper()
	h, err := newHub(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.observe(t) })
	return h
}

// observe takes what the stage can tell about permissions, unless a test that ends it has done so before.
func (h *hub) observe(t *testing.T) {
	t.Helper()
	if h.hasEnded() {
		return
	}
	if err := observe(h.stage); err != nil {
		t.Error(err)
	}
}

var rooms atomic.Int64

// newRoom names a room that no other test uses.
func newRoom() string { return "room-" + strconv.FormatInt(rooms.Add(1), 10) }

// token issues a token for an hour.
func (h *hub) token(t *testing.T, user, room string) string {
	t.Helper()
	issued, err := h.issuer.Issue(t.Context(), client.IssueRequest{UserID: user, RoomID: room, TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return issued.Token
}

// publish sends messages to the intake queue as a backend does, and returns their ids.
func (h *hub) publish(t *testing.T, messages ...client.Message) []string {
	t.Helper()
	result, err := h.publisher.PublishBatch(t.Context(), messages)
	if err != nil {
		t.Fatal(err)
	}
	return result.IDs
}

// say publishes one text in a room and returns the message's id.
func (h *hub) say(t *testing.T, room, text string) string {
	t.Helper()
	return h.publish(t, client.Message{UserID: "backend", RoomID: room, Data: text})[0]
}
