package snsverify_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/snsverify"
)

func TestNewRefusesWhatCannotBeRight(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		topics []string
		option snsverify.Option
	}{
		"no topic": {},
		`"alerts" is not arn:<partition>:sns:<region>:<account>:<name>`:                                {topics: []string{"alerts"}},
		`"arn:aws:sqs:eu-west-1:123456789012:q" is not arn:<partition>:sns:<region>:<account>:<name>`:  {topics: []string{"arn:aws:sqs:eu-west-1:123456789012:q"}},
		`unknown partition "aws-iso" in "arn:aws-iso:sns:us-iso-east-1:123456789012:t"`:                {topics: []string{"arn:aws-iso:sns:us-iso-east-1:123456789012:t"}},
		`"cn-north-1" is not a region of partition aws in "arn:aws:sns:cn-north-1:123456789012:t"`:     {topics: []string{"arn:aws:sns:cn-north-1:123456789012:t"}},
		`"eu-west-1" is not a region of partition aws-cn in "arn:aws-cn:sns:eu-west-1:123456789012:t"`: {topics: []string{"arn:aws-cn:sns:eu-west-1:123456789012:t"}},
		`"eu-west-1" is not a region of partition aws-us-gov in "arn:aws-us-gov:sns:eu-west-1:123456789012:t"`: {
			topics: []string{"arn:aws-us-gov:sns:eu-west-1:123456789012:t"},
		},
		`"s3-us-west-2" is not a region of partition aws in "arn:aws:sns:s3-us-west-2:123456789012:t"`: {
			topics: []string{"arn:aws:sns:s3-us-west-2:123456789012:t"},
		},
		`"eu-west-1.evil" is not a region of partition aws in "arn:aws:sns:eu-west-1.evil:123456789012:t"`: {
			topics: []string{"arn:aws:sns:eu-west-1.evil:123456789012:t"},
		},
		`"12345" is not an account in "arn:aws:sns:eu-west-1:12345:t"`:        {topics: []string{"arn:aws:sns:eu-west-1:12345:t"}},
		`"*" is not a topic's name in "arn:aws:sns:eu-west-1:123456789012:*"`: {topics: []string{"arn:aws:sns:eu-west-1:123456789012:*"}},
		"minimum version 3 is neither 1 nor 2":                                {option: snsverify.WithMinVersion(3)},
		"maximum age -1s is negative":                                         {option: snsverify.WithMaxAge(-time.Second)},
		"at most 0 bytes":                                                     {option: snsverify.WithMaxBytes(0)},
		"fetch timeout 0s":                                                    {option: snsverify.WithFetchTimeout(0)},
		"cache of 0 certificates":                                             {option: snsverify.WithCacheSize(0)},
		"nil clock, client or logger":                                         {option: snsverify.WithClock(nil)},
		"nil intermediates":                                                   {option: snsverify.WithIntermediates(nil, nil)},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			topics, options := c.topics, []snsverify.Option(nil)
			if c.option != nil {
				topics, options = []string{testTopic}, []snsverify.Option{c.option}
			}
			_, err := snsverify.New(topics, options...)
			if !errors.Is(err, snsverify.ErrConfiguration) || err.Error() != "snsverify: new: configuration refused: "+want {
				t.Errorf("error %v, want %s", err, want)
			}
		})
	}
	for _, good := range []string{"arn:aws:sns:eu-west-1:123456789012:a-b_C9", "arn:aws:sns:eu-west-1:123456789012:orders.fifo"} {
		if _, err := snsverify.New([]string{good}); err != nil {
			t.Error(err)
		}
	}
	if _, err := snsverify.New([]string{"arn:aws:sns:eu-west-1:123456789012:" + strings.Repeat("x", 257)}); err == nil {
		t.Error("a name of 257 characters passed")
	}
}
