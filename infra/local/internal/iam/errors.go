package iam

import "errors"

// ErrPolicy is wrapped by every error in a policy document: AWS would refuse it, or this engine cannot evaluate it.
var ErrPolicy = errors.New("iam: policy")
