package awsconfig_test

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hermes-cdk/hermes/functions/internal/awsconfig"
)

func TestAPromptRetryFollowsAlmostAtOnce(t *testing.T) {
	t.Parallel()
	retryer := awsconfig.Prompt(aws.Config{}).Retryer()
	if n := retryer.MaxAttempts(); n != 4 {
		t.Errorf("%d attempts", n)
	}
	for attempt, most := range map[int]time.Duration{1: 25 * time.Millisecond, 2: 50 * time.Millisecond, 3: 100 * time.Millisecond} {
		for range 1000 {
			if delay, err := retryer.RetryDelay(attempt, errors.New("down")); err != nil || delay < 0 || delay >= most {
				t.Fatalf("attempt %d is followed by a pause of %s, %v", attempt, delay, err)
			}
		}
	}
}
