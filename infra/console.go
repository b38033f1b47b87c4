package main

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3deployment"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// newConsole serves the console page from a private bucket through CloudFront and gives its URL. A page that is deployed
// knows the hub's URL and nothing else: a person connects with a token of their own.
func newConsole(stack awscdk.Stack, stage Stage, webSocketURL *string) *string {
	scope := constructs.NewConstruct(stack, jsii.String("Console"))
	bucket := awss3.NewBucket(scope, jsii.String("Bucket"), &awss3.BucketProps{
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		EnforceSSL:        jsii.Bool(true),
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		RemovalPolicy:     stage.RemovalPolicy,
		AutoDeleteObjects: jsii.Bool(stage.RemovalPolicy == awscdk.RemovalPolicy_DESTROY),
	})
	distribution := awscloudfront.NewDistribution(scope, jsii.String("Distribution"), &awscloudfront.DistributionProps{
		Comment:           jsii.String("Hermes console, stage " + stage.Name),
		DefaultRootObject: jsii.String("index.html"),
		DefaultBehavior: &awscloudfront.BehaviorOptions{
			Origin:                awscloudfrontorigins.S3BucketOrigin_WithOriginAccessControl(bucket, nil),
			ViewerProtocolPolicy:  awscloudfront.ViewerProtocolPolicy_REDIRECT_TO_HTTPS,
			ResponseHeadersPolicy: newConsoleHeaders(scope, webSocketURL),
		},
		MinimumProtocolVersion: awscloudfront.SecurityPolicyProtocol_TLS_V1_2_2021,
	})
	deploy := func(id, prefix string, sources ...awss3deployment.ISource) {
		props := &awss3deployment.BucketDeploymentProps{
			DestinationBucket: bucket,
			Sources:           &sources,
			Prune:             jsii.Bool(false), // three deployments share the bucket
			Distribution:      distribution,
		}
		if prefix != "" {
			props.DestinationKeyPrefix = jsii.String(prefix)
		}
		awss3deployment.NewBucketDeployment(scope, jsii.String(id), props)
	}
	deploy("Page", "",
		awss3deployment.Source_Asset(jsii.String("client/web/console"), nil),
		awss3deployment.Source_JsonData(jsii.String("config.json"), map[string]any{
			"stage": stage.Name, "webSocketUrl": webSocketURL,
		}, nil))
	deploy("Library", "lib", only("client/web", "hermes*.js"))
	deploy("Charts", "vendor", only("node_modules/uplot/dist", "uPlot.esm.js", "uPlot.min.css"))
	return jsii.String("https://" + *distribution.DistributionDomainName() + "/")
}

// only takes the named files of a folder.
func only(folder string, files ...string) awss3deployment.ISource {
	exclude := []string{"*"}
	for _, file := range files {
		exclude = append(exclude, "!"+file)
	}
	return awss3deployment.Source_Asset(jsii.String(folder), &awss3assets.AssetOptions{Exclude: jsii.Strings(exclude...)})
}

// newConsoleHeaders lets the page load from itself, connect to the hub, and nothing more. The page also asks the hub by https
// whether it is there, to distinguish a refused token from a lost network.
func newConsoleHeaders(scope constructs.Construct, webSocketURL *string) awscloudfront.ResponseHeadersPolicy {
	host := awscdk.Fn_Select(jsii.Number(1), awscdk.Fn_Split(jsii.String("wss://"), webSocketURL, nil))
	return awscloudfront.NewResponseHeadersPolicy(scope, jsii.String("Headers"), &awscloudfront.ResponseHeadersPolicyProps{
		SecurityHeadersBehavior: &awscloudfront.ResponseSecurityHeadersBehavior{
			ContentSecurityPolicy: &awscloudfront.ResponseHeadersContentSecurityPolicy{
				Override: jsii.Bool(true),
				ContentSecurityPolicy: jsii.String(fmt.Sprintf("default-src 'none'; script-src 'self'; style-src 'self'; "+
					"img-src 'self'; connect-src 'self' wss://%[1]s https://%[1]s; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", *host)),
			},
			ContentTypeOptions: &awscloudfront.ResponseHeadersContentTypeOptions{Override: jsii.Bool(true)},
			ReferrerPolicy: &awscloudfront.ResponseHeadersReferrerPolicy{
				Override: jsii.Bool(true), ReferrerPolicy: awscloudfront.HeadersReferrerPolicy_NO_REFERRER,
			},
			StrictTransportSecurity: &awscloudfront.ResponseHeadersStrictTransportSecurity{
				Override: jsii.Bool(true), AccessControlMaxAge: awscdk.Duration_Days(jsii.Number(365)),
			},
		},
	})
}
