package provision

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

// Longest names of the services, in characters.
const (
	maxFunctionName         = 64  // https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
	maxTableName            = 255 // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
	maxQueueName            = 80  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
	maxTopicName            = 256 // https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
	maxBucketName           = 63  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
	maxRoleName             = 64  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
	maxPolicyName           = 128
	maxRuleName             = 64  // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
	maxConfigurationSetName = 64  // https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateConfigurationSet.html
	maxSecretName           = 512 // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
	maxLogGroupName         = 512
	maxAlarmName            = 255
	maxBudgetName           = 100
)

// physicalName is the name given in the template or else <stack>-<logical id>, the same in every run so that data is found
// again. A longer one is truncated and ends in a hash of the whole.
func physicalName(r *assembly.Resource, explicit string, limit int) string {
	if explicit != "" {
		return explicit
	}
	name := r.Stack.Name + "-" + r.LogicalID
	if len(name) <= limit {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	suffix := "-" + hex.EncodeToString(sum[:4])
	return name[:limit-len(suffix)] + suffix
}

// resourceID is a lower-case identifier such as API Gateway's, ten characters, the same in each run.
func resourceID(r *assembly.Resource, length int) string {
	sum := sha256.Sum256([]byte(r.Stack.Name + "/" + r.LogicalID))
	text := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))
	return text[:length]
}

// uuid is a UUID, the same in each run.
func uuid(r *assembly.Resource) string {
	h := sha256.Sum256([]byte("uuid " + r.Stack.Name + "/" + r.LogicalID))
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// here refuses a resource of another region than the assembly's.
func (p *planner) here(path, region string) error {
	if own := p.assembly.Environment.Region; region != "" && region != own {
		return fmt.Errorf("%s: %s is %w, only %s", path, region, ErrUnsupported, own)
	}
	return nil
}

// arn returns an ARN of this account and region.
func (p *planner) arn(service, resource string) string {
	return p.assembly.Environment.ARN(service, resource)
}

// globalARN is one without a region, such as IAM's.
func (p *planner) globalARN(service, resource string) string {
	return p.assembly.Environment.GlobalARN(service, resource)
}
