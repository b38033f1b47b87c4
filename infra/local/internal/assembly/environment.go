package assembly

import (
	"fmt"
	"strings"
)

// An Environment is the account and the region that stacks are deployed to.
type Environment struct{ Account, Region string }

// ARN returns an ARN of the account and region.
func (e Environment) ARN(service, resource string) string {
	return strings.Join([]string{"arn", Partition, service, e.Region, e.Account, resource}, ":")
}

// GlobalARN is one without a region, such as IAM's.
func (e Environment) GlobalARN(service, resource string) string {
	return strings.Join([]string{"arn", Partition, service, "", e.Account, resource}, ":")
}

// settleEnvironment finds the one account and region that the stacks are synthesized for: their templates may hold them as plain
// text. One that is left open is the other stacks', or the default.
func (a *Assembly) settleEnvironment() error {
	settled := map[string]*Stack{}
	for _, s := range a.Stacks {
		account, region, found := strings.Cut(strings.TrimPrefix(s.environment, "aws://"), "/")
		if !found {
			return wrap("stack "+s.Name, fmt.Errorf("%q is not an environment, aws://account/region", s.environment))
		}
		if err := settle(settled, s, "account", &a.Environment.Account, account); err != nil {
			return err
		}
		if err := settle(settled, s, "region", &a.Environment.Region, region); err != nil {
			return err
		}
	}
	if a.Environment.Account == "" {
		a.Environment.Account = DefaultAccount
	}
	if a.Environment.Region == "" {
		a.Environment.Region = DefaultRegion
	}
	for _, s := range a.Stacks {
		s.Environment = a.Environment
	}
	for _, partition := range []string{"cn-", "us-gov-", "us-iso", "eu-isoe-", "eusc-"} {
		if strings.HasPrefix(a.Environment.Region, partition) {
			return fmt.Errorf("assembly: region %s, which is of another partition than %s, is %w", a.Environment.Region, Partition, ErrUnsupported)
		}
	}
	return nil
}

func settle(settled map[string]*Stack, s *Stack, what string, into *string, value string) error {
	switch {
	case value == "unknown-"+what:
		return nil
	case *into == "":
		*into, settled[what] = value, s
	case *into != value:
		return wrap("stack "+s.Name, fmt.Errorf("its %s is %s, that of stack %s is %s; choose stacks of one account and region with -stack",
			what, value, settled[what].Name, *into))
	}
	return nil
}
