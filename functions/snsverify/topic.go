package snsverify

import (
	"fmt"
	"slices"
	"strings"
)

// certificateFile is how the path of every signing certificate begins.
const certificateFile = "/SimpleNotificationService-"

// A topic is what can be known of a pinned TopicArn before any message arrives.
type topic struct {
	base       string // https://sns.<region>.<suffix>/SimpleNotificationService-
	commonName string // whom the certificate must name
}

// classicRegions were there before regions had to be opted into (March 2019), and sign as sns.amazonaws.com; the list is
// closed. Each later region of the partition aws signs as sns-signing.<region>.amazonaws.com.
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
var classicRegions = []string{
	"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
	"ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
	"us-east-1", "us-east-2", "us-west-1", "us-west-2",
}

// A partition is a part of AWS with a DNS suffix and regions of its own.
type partition struct {
	suffix     string
	owns       func(region string) bool
	commonName func(region string) string
}

var partitions = map[string]partition{
	"aws": {
		suffix: "amazonaws.com",
		owns: func(region string) bool {
			return !hasAnyPrefix(region, "cn-", "us-gov-", "us-iso", "eu-isoe-", "eusc-")
		},
		commonName: func(region string) string {
			if slices.Contains(classicRegions, region) {
				return "sns.amazonaws.com"
			}
			return "sns-signing." + region + ".amazonaws.com"
		},
	},
	"aws-cn": {
		suffix:     "amazonaws.com.cn",
		owns:       func(region string) bool { return strings.HasPrefix(region, "cn-") },
		commonName: func(region string) string { return "sns-" + region + ".amazonaws.com.cn" },
	},
	"aws-us-gov": {
		suffix:     "amazonaws.com",
		owns:       func(region string) bool { return strings.HasPrefix(region, "us-gov-") },
		commonName: func(string) string { return "sns-us-gov-west-1.amazonaws.com" }, // in both regions
	},
}

// parseTopic reads a TopicArn, arn:<partition>:sns:<region>:<12 digits>:<name>, and derives from it where its
// certificates are and whom they name.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
func parseTopic(arn string) (topic, error) {
	parts := strings.Split(arn, ":")
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "sns" {
		return topic{}, fmt.Errorf("%w: %q is not arn:<partition>:sns:<region>:<account>:<name>", ErrConfiguration, arn)
	}
	p, ok := partitions[parts[1]]
	if !ok {
		return topic{}, fmt.Errorf("%w: unknown partition %q in %q", ErrConfiguration, parts[1], arn)
	}
	region := parts[3]
	if !isRegion(region) || !p.owns(region) {
		return topic{}, fmt.Errorf("%w: %q is not a region of partition %s in %q", ErrConfiguration, region, parts[1], arn)
	}
	if !isAccount(parts[4]) {
		return topic{}, fmt.Errorf("%w: %q is not an account in %q", ErrConfiguration, parts[4], arn)
	}
	if !isTopicName(parts[5]) {
		return topic{}, fmt.Errorf("%w: %q is not a topic's name in %q", ErrConfiguration, parts[5], arn)
	}
	return topic{base: "https://sns." + region + "." + p.suffix + certificateFile, commonName: p.commonName(region)}, nil
}

// certificateURL returns the URL from which the certificate is fetched. Of what the message says only the 32 hexadecimal
// digits of the file's name are taken, and only to build a new URL: scheme, host and path come from the topic, and
// the message's URL must equal the result byte for byte. So there is no URL to parse and nothing a parser could see
// differently: port, user, query, fragment, escapes, dots, upper case all differ.
func (t topic) certificateURL(given string) (string, error) {
	name, ok := certificateName(given)
	if !ok {
		return "", fmt.Errorf("%w: %.120q does not end in %s<32 hexadecimal digits>.pem", ErrCertificateURL, given, certificateFile)
	}
	derived := t.base + name
	if given != derived {
		return "", fmt.Errorf("%w: %.120q is not %s", ErrCertificateURL, given, derived)
	}
	return derived, nil
}

// certificateName returns the last 36 bytes of given if they are 32 lower-case hexadecimal digits and ".pem".
//
// In all genuine messages known to us the digits are the MD5 of the certificate's DER form. AWS documents neither that
// nor the name's length, so only the form is required: it is what keeps every other object of the host out of reach.
func certificateName(given string) (string, bool) {
	const digits, extension = 32, ".pem"
	name := given[max(0, len(given)-digits-len(extension)):]
	if len(name) != digits+len(extension) || name[digits:] != extension {
		return "", false
	}
	for i := range digits {
		if !isLowerHex(name[i]) {
			return "", false
		}
	}
	return name, true
}

// isRegion reports whether s looks like eu-west-1: words of lower-case letters, then a number.
func isRegion(s string) bool {
	words := strings.Split(s, "-")
	if len(words) < 3 || len(s) > 32 {
		return false
	}
	for _, word := range words[:len(words)-1] {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
			return false
		}
	}
	number := words[len(words)-1]
	return len(number) >= 1 && len(number) <= 2 && strings.Trim(number, "0123456789") == ""
}

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

func isTopicName(s string) bool {
	if s == "" || len(s) > 256 {
		return false
	}
	for _, c := range []byte(strings.TrimSuffix(s, ".fifo")) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}
