package websocket

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"
	"github.com/aws/smithy-go"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

// management is AWS's own client of s.
func (s *stage) management() *apigatewaymanagementapi.Client {
	return apigatewaymanagementapi.New(apigatewaymanagementapi.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(s.url("/prod")), HTTPClient: s.server.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""), Retryer: aws.NopRetryer{},
	})
}

func TestTheSDKUnderstandsEveryAnswer(t *testing.T) {
	t.Parallel()
	s := start(t, func(in *setup) {
		in.services.Authorize = func(r *http.Request, _ []byte, _, _ string) (edge.Caller, error) {
			if strings.Contains(r.Header.Get("Authorization"), "Credential=test/") {
				return edge.Caller{}, nil
			}
			return edge.Caller{}, errors.New("User: anonymous is not authorized to perform: execute-api:ManageConnections")
		}
	})
	conn := s.dial()
	id := aws.String(s.connectionID(1))
	gone := aws.String("AAAAAAAAAAAAAAA=")
	sdk := s.management()
	post := func(id *string, size int) error {
		_, err := sdk.PostToConnection(t.Context(), &apigatewaymanagementapi.PostToConnectionInput{
			ConnectionId: id, Data: []byte(strings.Repeat("x", size)),
		})
		return err
	}
	if err := post(id, 5); err != nil || receive(t, conn) != "xxxxx" {
		t.Fatalf("post: %v", err)
	}
	var goneError *types.GoneException
	if err := post(gone, 5); !errors.As(err, &goneError) {
		t.Errorf("post to nobody: %v", err)
	}
	var tooLarge *types.PayloadTooLargeException
	if err := post(id, 128<<10+1); !errors.As(err, &tooLarge) {
		t.Errorf("post of too much: %v", err)
	}
	s.faults.Set("execute-api/PostToConnection", edge.Injection{Status: 429})
	var limit *types.LimitExceededException
	if err := post(id, 5); !errors.As(err, &limit) {
		t.Errorf("throttled post: %v", err)
	}
	s.faults.Set("execute-api/PostToConnection", edge.Injection{})
	info, err := sdk.GetConnection(t.Context(), &apigatewaymanagementapi.GetConnectionInput{ConnectionId: id})
	if err != nil || !info.ConnectedAt.Equal(epoch) || !info.LastActiveAt.Equal(epoch) || aws.ToString(info.Identity.SourceIp) != "127.0.0.1" {
		t.Errorf("get: %+v %v", info, err)
	}
	_, err = sdk.GetConnection(t.Context(), &apigatewaymanagementapi.GetConnectionInput{ConnectionId: gone})
	if !errors.As(err, &goneError) {
		t.Errorf("get nobody: %v", err)
	}
	unsigned := func(o *apigatewaymanagementapi.Options) {
		o.Credentials = credentials.NewStaticCredentialsProvider("stranger", "x", "")
	}
	_, err = sdk.DeleteConnection(t.Context(), &apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: id}, unsigned)
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "AccessDeniedException" ||
		api.ErrorMessage() != "User: anonymous is not authorized to perform: execute-api:ManageConnections" {
		t.Errorf("delete by a stranger: %v", err)
	}
	if _, err = sdk.DeleteConnection(t.Context(), &apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: id}); err != nil {
		t.Errorf("delete: %v", err)
	}
}
