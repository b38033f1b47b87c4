package assembly

import (
	"crypto/sha256"
	"fmt"
)

// pseudo returns the value of a pseudo parameter
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html).
func (s *Stack) pseudo(name string) (any, bool) {
	switch name {
	case "AWS::AccountId":
		return s.Environment.Account, true
	case "AWS::Region":
		return s.Environment.Region, true
	case "AWS::Partition":
		return Partition, true
	case "AWS::URLSuffix":
		return URLSuffix, true
	case "AWS::StackName":
		return s.Name, true
	case "AWS::StackId":
		return s.id(), true
	case "AWS::NotificationARNs":
		return []any{}, true
	case "AWS::NoValue":
		return noValue{}, true
	}
	return nil, false
}

// id is the stack's ARN. Its UUID is derived from the name, so that names derived from it are the same in each run.
func (s *Stack) id() string {
	h := sha256.Sum256([]byte("stack " + s.Name))
	return s.Environment.ARN("cloudformation", fmt.Sprintf("stack/%s/%x-%x-%x-%x-%x", s.Name, h[:4], h[4:6], h[6:8], h[8:10], h[10:16]))
}
