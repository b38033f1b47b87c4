// Package client is what an application's backend imports to work with a hub: it mints the tokens with which browsers
// connect (TokenIssuer) and publishes messages into rooms (Publisher). It depends on the AWS SDK and on no CDK module.
//
// A process makes one of each when it starts and shares them: both are safe for concurrent use.
//
//	cfg, err := config.LoadDefaultConfig(ctx)
//	...
//	issuer, err := client.NewTokenIssuer(client.TokenIssuerConfig{
//		DynamoDB:  dynamodb.NewFromConfig(cfg),
//		Table:     os.Getenv("HERMES_TOKENS_TABLE"), // stack output TokensTableName
//		Secrets:   secretsmanager.NewFromConfig(cfg),
//		SecretARN: os.Getenv("HERMES_SECRET_ARN"), // stack output SecretArn
//	})
//	token, err := issuer.Issue(ctx, client.IssueRequest{UserID: "ada", RoomID: "orders", TTL: time.Hour})
//
//	publisher, err := client.NewPublisher(sqs.NewFromConfig(cfg), os.Getenv("HERMES_QUEUE_URL")) // stack output QueueUrl
//	id, err := publisher.Publish(ctx, client.Message{UserID: "system", RoomID: "orders", Data: order})
//
// The IAM actions it needs: for Issue secretsmanager:GetSecretValue on the signing secret, dynamodb:GetItem and
// dynamodb:UpdateItem on the Tokens table; for Revoke dynamodb:DeleteItem; for publishing sqs:SendMessage on the
// intake queue. The construct's GrantIssueTokens and GrantPublish give them.
package client
