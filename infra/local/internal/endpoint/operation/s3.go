package operation

import (
	"encoding/xml"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// SplitS3 returns bucket and key of an S3 request, both unescaped, from its path (/bucket/key) or from its host
// (bucket.s3.amazonaws.com, bucket.localhost): SDKs prepend the bucket to any endpoint that is not an IP address
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html).
func SplitS3(r *http.Request) (bucket, key string) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	if bucket = hostBucket(r.Host); bucket != "" {
		return bucket, path
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

func hostBucket(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	for _, suffix := range []string{".s3.us-east-1.amazonaws.com", ".s3.amazonaws.com", ".s3.localhost", ".localhost"} {
		if bucket, ok := strings.CutSuffix(host, suffix); ok && bucket != "s3" {
			return bucket
		}
	}
	return ""
}

// An s3Sub is an operation that is identified by a query parameter.
type s3Sub struct{ parameter, name, action string }

// s3Subs are by method, then "bucket" or "object"
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html).
var s3Subs = map[string][]s3Sub{
	"GET bucket": {
		{"location", "GetBucketLocation", "GetBucketLocation"},
		{"versioning", "GetBucketVersioning", "GetBucketVersioning"},
		{"tagging", "GetBucketTagging", "GetBucketTagging"},
		{"policy", "GetBucketPolicy", "GetBucketPolicy"},
		{"acl", "GetBucketAcl", "GetBucketAcl"},
		{"cors", "GetBucketCors", "GetBucketCORS"},
		{"lifecycle", "GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"},
		{"encryption", "GetBucketEncryption", "GetEncryptionConfiguration"},
		{"publicAccessBlock", "GetPublicAccessBlock", "GetBucketPublicAccessBlock"},
		{"ownershipControls", "GetBucketOwnershipControls", "GetBucketOwnershipControls"},
		{"notification", "GetBucketNotificationConfiguration", "GetBucketNotification"},
		{"uploads", "ListMultipartUploads", "ListBucketMultipartUploads"},
		{"versions", "ListObjectVersions", "ListBucketVersions"},
	},
	"PUT bucket": {
		{"versioning", "PutBucketVersioning", "PutBucketVersioning"},
		{"tagging", "PutBucketTagging", "PutBucketTagging"},
		{"policy", "PutBucketPolicy", "PutBucketPolicy"},
		{"acl", "PutBucketAcl", "PutBucketAcl"},
		{"cors", "PutBucketCors", "PutBucketCORS"},
		{"lifecycle", "PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"},
		{"encryption", "PutBucketEncryption", "PutEncryptionConfiguration"},
		{"publicAccessBlock", "PutPublicAccessBlock", "PutBucketPublicAccessBlock"},
		{"ownershipControls", "PutBucketOwnershipControls", "PutBucketOwnershipControls"},
		{"notification", "PutBucketNotificationConfiguration", "PutBucketNotification"},
	},
	"DELETE bucket": {
		{"policy", "DeleteBucketPolicy", "DeleteBucketPolicy"},
		{"tagging", "DeleteBucketTagging", "PutBucketTagging"},
		{"cors", "DeleteBucketCors", "PutBucketCORS"},
		{"lifecycle", "DeleteBucketLifecycle", "PutLifecycleConfiguration"},
	},
	"GET object": {
		{"tagging", "GetObjectTagging", "GetObjectTagging"},
		{"acl", "GetObjectAcl", "GetObjectAcl"},
		{"uploadId", "ListParts", "ListMultipartUploadParts"},
	},
	"PUT object": {
		{"tagging", "PutObjectTagging", "PutObjectTagging"},
		{"acl", "PutObjectAcl", "PutObjectAcl"},
		{"partNumber", "UploadPart", "PutObject"},
	},
	"POST object": {
		{"uploads", "CreateMultipartUpload", "PutObject"}, {"uploadId", "CompleteMultipartUpload", "PutObject"},
	},
	"DELETE object": {
		{"tagging", "DeleteObjectTagging", "DeleteObjectTagging"}, {"uploadId", "AbortMultipartUpload", "AbortMultipartUpload"},
	},
}

// s3Unknown are query parameters of operations that are not supported.
var s3Unknown = []string{
	"accelerate", "analytics", "attributes", "intelligent-tiering", "inventory", "legal-hold", "logging", "metrics",
	"object-lock", "policyStatus", "replication", "requestPayment", "restore", "retention", "select", "torrent", "website",
}

func (id *Identifier) s3(op *Operation, r *Request) {
	query := r.HTTP.URL.Query()
	for _, parameter := range s3Unknown {
		if query.Has(parameter) {
			op.Name = parameter
			return
		}
	}
	switch {
	case r.Bucket == "":
		if r.HTTP.Method == http.MethodGet {
			op.Name = "ListBuckets"
			op.grant("s3:ListAllMyBuckets", "*", nil)
		}
	case r.Key == "":
		s3Bucket(op, r, query)
	default:
		s3Object(op, r, query)
	}
}

// s3Sub looks for a query parameter that identifies an operation.
func s3SubOf(kind string, query url.Values) (s3Sub, bool) {
	for _, sub := range s3Subs[kind] {
		if query.Has(sub.parameter) {
			return sub, true
		}
	}
	return s3Sub{}, false
}

func s3Bucket(op *Operation, r *Request, query url.Values) {
	resource := "arn:aws:s3:::" + r.Bucket
	if sub, ok := s3SubOf(r.HTTP.Method+" bucket", query); ok {
		op.Name = sub.name
		op.grant("s3:"+sub.action, resource, listContext(query))
		return
	}
	switch r.HTTP.Method {
	case http.MethodGet:
		op.Name = "ListObjects"
		if query.Get("list-type") == "2" {
			op.Name = "ListObjectsV2"
		}
		op.grant("s3:ListBucket", resource, listContext(query))
	case http.MethodHead:
		op.Name = "HeadBucket"
		op.grant("s3:ListBucket", resource, nil)
	case http.MethodPut:
		op.Name = "CreateBucket"
		op.grant("s3:CreateBucket", resource, nil)
	case http.MethodDelete:
		op.Name = "DeleteBucket"
		op.grant("s3:DeleteBucket", resource, nil)
	case http.MethodPost:
		if query.Has("delete") {
			op.Name = "DeleteObjects"
			deleteGrants(op, resource, r.Body)
		}
	}
}

// deleteGrants returns a grant for each object of a DeleteObjects call. AWS denies single objects inside a 200; denying the
// whole call is the safe side of that.
func deleteGrants(op *Operation, bucket string, body []byte) {
	var in struct {
		Object []struct{ Key, VersionId string } //nolint:revive // the API's names
	}
	if xml.Unmarshal(body, &in) != nil {
		return
	}
	for _, o := range in.Object {
		op.grant("s3:DeleteObject"+versionSuffix(o.VersionId), bucket+"/"+o.Key, nil)
	}
}

func listContext(query url.Values) map[string][]string {
	context := map[string][]string{}
	for _, name := range []string{"prefix", "delimiter", "max-keys"} {
		if query.Has(name) {
			context["s3:"+name] = []string{query.Get(name)}
		}
	}
	return context
}

func versionSuffix(versionID string) string {
	if versionID == "" {
		return ""
	}
	return "Version"
}
