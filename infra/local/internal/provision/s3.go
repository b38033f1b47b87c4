package provision

import (
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

func s3Kinds() map[string]kind {
	return map[string]kind{
		"AWS::S3::Bucket":       kindOf(planBucket),
		"AWS::S3::BucketPolicy": kindOf(planBucketPolicy),
	}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
type bucketProperties struct {
	AccessControl    string `only:"Private"`
	BucketEncryption struct {
		ServerSideEncryptionConfiguration []struct {
			ServerSideEncryptionByDefault struct {
				KMSMasterKeyID string
				SSEAlgorithm   string `required:"true"`
			}

			BucketKeyEnabled any `ignored:"whether the key may be used is looked at each time"`
		}
	}
	BucketName              string
	VersioningConfiguration struct {
		Status string `only:"Enabled,Suspended"`
	}

	LifecycleConfiguration         any `ignored:"objects do not expire: versitygw has no lifecycle"`
	LoggingConfiguration           any `ignored:"access is not logged"`
	OwnershipControls              any `ignored:"there is one owner"`
	PublicAccessBlockConfiguration any `ignored:"nothing is public: every request is authorized"`
	Tags                           any `ignored:"nothing reads tags"`
}

func planBucket(p *planner, r *assembly.Resource, in bucketProperties) (assembly.Values, error) {
	name := in.BucketName
	if name == "" {
		name = strings.ToLower(physicalName(r, "", maxBucketName))
	}
	if err := p.claim(r, "s3", name); err != nil {
		return assembly.Values{}, err
	}
	b := Bucket{ID: identify(r), Name: name, ARN: "arn:" + assembly.Partition + ":s3:::" + name, Versioned: in.VersioningConfiguration.Status == "Enabled"}
	for _, e := range in.BucketEncryption.ServerSideEncryptionConfiguration {
		p.encrypt(r, "Properties.BucketEncryption", e.ServerSideEncryptionByDefault.KMSMasterKeyID, b.ARN)
	}
	p.buckets[name] = true
	p.resources.Buckets = append(p.resources.Buckets, b)
	return assembly.Values{Ref: name, Attributes: map[string]any{
		"Arn":                b.ARN,
		"DomainName":         name + ".s3." + assembly.URLSuffix,
		"RegionalDomainName": name + ".s3." + p.assembly.Environment.Region + "." + assembly.URLSuffix,
	}}, nil
}

type bucketPolicyProperties struct {
	Bucket         string `required:"true"`
	PolicyDocument any    `required:"true"`
}

func planBucketPolicy(p *planner, r *assembly.Resource, in bucketPolicyProperties) (assembly.Values, error) {
	if !p.buckets[in.Bucket] {
		return assembly.Values{}, unsupported("Properties.Bucket %s, which is not in the assembly,", in.Bucket)
	}
	return assembly.Values{Ref: r.LogicalID}, p.resourcePolicy(r, "arn:"+assembly.Partition+":s3:::"+in.Bucket, in.PolicyDocument)
}
