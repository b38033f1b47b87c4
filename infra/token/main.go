// Command token prints a token for a user and a room of a deployed hub, ready to connect with.
//
//	go run ./infra/token -user ada -room orders                     # of the local stage
//	go run ./infra/token -stage dev -user ada -room orders -ttl 8h  # of .hermes/dev/outputs.json
//	go run ./infra/token -outputs outputs.json -stack Shop -user ada -room orders
//
// The stack is any with the outputs TokensTableName and SecretArn.
//
// The token goes to standard output, alone; when it expires goes to standard error.
package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/hermes-cdk/hermes/client"
	"github.com/hermes-cdk/hermes/infra/internal/deployed"
)

func main() { deployed.Main("token", run) }

// run prints the token to stdout.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	stack, err := deployed.Find(o.place, tokensOutput, secretOutput)
	if err != nil {
		return err
	}
	token, err := issue(ctx, o, stack)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, token.Token)
	fmt.Fprintf(stderr, "expires %s\n", token.ExpiresAt.Format(time.RFC3339))
	return nil
}

func issue(ctx context.Context, o options, stack deployed.Stack) (client.IssuedToken, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	secret := stack.Output(secretOutput)
	cfg, err := stack.Config(ctx, regionOf(secret), o.endpoint)
	if err != nil {
		return client.IssuedToken{}, err
	}
	var recipe []client.TokenIssuerOption
	if o.classic {
		recipe = append(recipe, client.WithClassicSecondFactor())
	}
	issuer, err := client.NewTokenIssuer(client.TokenIssuerConfig{
		DynamoDB:  dynamodb.NewFromConfig(cfg),
		Table:     stack.Output(tokensOutput),
		Secrets:   secretsmanager.NewFromConfig(cfg),
		SecretARN: secret,
	}, recipe...)
	if err != nil {
		return client.IssuedToken{}, err
	}
	token, err := issuer.Issue(ctx, client.IssueRequest{UserID: o.user, RoomID: o.room, TTL: o.ttl})
	if err != nil {
		return token, explain(err, stack, cfg)
	}
	return token, nil
}
