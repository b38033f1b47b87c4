package kms

import (
	"fmt"
	"strings"
	"testing"
)

func TestUses(t *testing.T) {
	t.Parallel()
	const (
		table  = "arn:aws:dynamodb:us-east-1:000000000000:table/Rooms"
		queue  = "arn:aws:sqs:us-east-1:000000000000:Intake"
		bucket = "arn:aws:s3:::letters"
		key    = "arn:aws:kms:us-east-1:000000000000:key/1"
	)
	keys := Keys{table: key, queue: key, bucket: key}
	for _, tt := range []struct{ action, resource, want string }{
		{"dynamodb:PutItem", table, "[kms:Decrypt dynamodb]"},
		{"dynamodb:Query", table + "/index/by_user", "[kms:Decrypt dynamodb]"},
		{"dynamodb:DescribeTable", table, "[]"},
		{"dynamodb:PutItem", table + "2", "[]"},
		{"sqs:SendMessage", queue, "[kms:GenerateDataKey sqs kms:Decrypt sqs]"},
		{"sqs:ReceiveMessage", queue, "[kms:Decrypt sqs]"},
		{"sqs:DeleteMessage", queue, "[]"},
		{"s3:PutObject", bucket + "/a/b", "[kms:GenerateDataKey s3]"},
		{"s3:GetObject", bucket + "/a/b", "[kms:Decrypt s3]"},
		{"s3:PutObjectTagging", bucket + "/a/b", "[]"},
		{"s3:ListBucket", bucket, "[]"},
	} {
		t.Run(tt.action+" on "+tt.resource, func(t *testing.T) {
			t.Parallel()
			got := []string{}
			for _, u := range keys.Uses(tt.action, tt.resource) {
				if u.Key != key {
					t.Errorf("got the key %s", u.Key)
				}
				got = append(got, u.Action, strings.TrimSuffix(u.Context["kms:ViaService"][0], ".us-east-1.amazonaws.com"))
			}
			if text := fmt.Sprint(got); text != tt.want {
				t.Errorf("got %s, want %s", text, tt.want)
			}
		})
	}
	if uses := Keys(nil).Uses("dynamodb:PutItem", table); uses != nil {
		t.Errorf("without keys: %+v", uses)
	}
}
