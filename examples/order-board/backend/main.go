// Command backend serves the order board's page, lets its users into the room, and takes orders.
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/client"
	"github.com/hermes-cdk/hermes/client/web"
)

//go:embed page.html
var page []byte

// A board is what the handlers need.
type board struct {
	room, socketURL string
	tokens          *client.TokenIssuer
	publisher       *client.Publisher
	scheduler       *client.Scheduler
}

func main() {
	b, err := newBoard(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	})
	mux.Handle("GET /hermes/", http.StripPrefix("/hermes/", http.FileServerFS(web.Modules)))
	mux.HandleFunc("POST /session", b.session)
	mux.HandleFunc("POST /orders", b.order)
	lambda.Start(serve(mux))
}

func newBoard(ctx context.Context) (*board, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	secrets := secretsmanager.NewFromConfig(cfg)
	tokens, err := client.NewTokenIssuer(client.TokenIssuerConfig{
		DynamoDB: dynamodb.NewFromConfig(cfg), Table: os.Getenv("HERMES_TOKENS_TABLE"),
		Secrets: secrets, SecretARN: os.Getenv("HERMES_SECRET_ARN"),
	})
	if err != nil {
		return nil, err
	}
	publisher, err := client.NewPublisher(sqs.NewFromConfig(cfg), os.Getenv("HERMES_QUEUE_URL"))
	if err != nil {
		return nil, err
	}
	scheduler, err := client.NewScheduler(client.SchedulerConfig{
		URL: os.Getenv("HERMES_SCHEDULER_URL"), Secrets: secrets, SecretARN: os.Getenv("HERMES_SCHEDULER_SECRET_ARN"),
	})
	return &board{os.Getenv("ROOM"), os.Getenv("WEB_SOCKET_URL"), tokens, publisher, scheduler}, err
}

// session lets a user into the room. A real one knows its users by a login; this one asks for a name.
func (b *board) session(w http.ResponseWriter, r *http.Request) {
	token, err := b.tokens.Issue(r.Context(), client.IssueRequest{UserID: r.URL.Query().Get("user"), RoomID: b.room, TTL: time.Hour})
	answer(w, map[string]string{"url": b.socketURL, "token": token.Token}, err)
}

// order shows an order to everybody at once, and reminds them of it later.
func (b *board) order(w http.ResponseWriter, r *http.Request) {
	var order struct {
		User    string  `json:"user"`
		Text    string  `json:"text"`
		Minutes float64 `json:"minutes"`
	}
	if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	id, err := b.publisher.Publish(r.Context(), client.Message{
		UserID: order.User, RoomID: b.room, Data: map[string]string{"type": "order", "text": order.Text},
	})
	if err == nil {
		_, err = b.scheduler.Schedule(r.Context(), b.room, client.ScheduleRequest{
			Subject: order.Text, Body: "Is it done?", Channels: []string{"hub"}, IdempotencyKey: id,
			ScheduleOn: time.Now().Add(time.Duration(order.Minutes * float64(time.Minute))),
		})
	}
	answer(w, map[string]string{"id": id}, err)
}

func answer(w http.ResponseWriter, body map[string]string, err error) {
	if err != nil {
		log.Print(err)
		http.Error(w, "it did not work", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}
