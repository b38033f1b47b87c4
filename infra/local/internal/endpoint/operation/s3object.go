package operation

import (
	"net/http"
	"net/url"
	"strings"
)

func s3Object(op *Operation, r *Request, query url.Values) {
	resource := "arn:aws:s3:::" + r.Bucket + "/" + r.Key
	version := versionSuffix(query.Get("versionId"))
	if sub, ok := s3SubOf(r.HTTP.Method+" object", query); ok {
		op.Name = sub.name
		action := sub.action
		if version != "" && strings.HasSuffix(action, "ObjectTagging") {
			action = strings.Replace(action, "Object", "ObjectVersion", 1)
		}
		s3Write(op, r, "s3:"+action, resource)
		return
	}
	switch r.HTTP.Method {
	case http.MethodGet:
		op.Name = "GetObject"
		op.grant("s3:GetObject"+version, resource, nil)
	case http.MethodHead:
		op.Name = "HeadObject"
		op.grant("s3:GetObject"+version, resource, nil)
	case http.MethodDelete:
		op.Name = "DeleteObject"
		op.grant("s3:DeleteObject"+version, resource, nil)
	case http.MethodPut:
		op.Name = "PutObject"
		if r.HTTP.Header.Get("X-Amz-Copy-Source") != "" {
			op.Name = "CopyObject"
		}
		s3Write(op, r, "s3:PutObject", resource)
	}
}

// s3Write adds what an upload needs besides PutObject: reading the source of a copy, and tagging or setting an access control
// list, if the headers do so
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html).
func s3Write(op *Operation, r *Request, action, resource string) {
	h := r.HTTP.Header
	tags := tagContext(h.Get("X-Amz-Tagging"))
	op.grant(action, resource, tags)
	if source := h.Get("X-Amz-Copy-Source"); source != "" {
		path, version, _ := strings.Cut(source, "?versionId=")
		if unescaped, err := url.PathUnescape(path); err == nil {
			path = unescaped
		}
		op.grant("s3:GetObject"+versionSuffix(version), "arn:aws:s3:::"+strings.TrimPrefix(path, "/"), nil)
	}
	if h.Get("X-Amz-Tagging") != "" {
		op.grant("s3:PutObjectTagging", resource, tags)
	}
	if h.Get("X-Amz-Acl") != "" {
		op.grant("s3:PutObjectAcl", resource, map[string][]string{"s3:x-amz-acl": {h.Get("X-Amz-Acl")}})
	}
}

// tagContext returns the condition keys of the tags in a header
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-and-policies.html).
func tagContext(header string) map[string][]string {
	tags, err := url.ParseQuery(header)
	if err != nil || len(tags) == 0 {
		return nil
	}
	context := map[string][]string{}
	for key, values := range tags {
		context["s3:RequestObjectTag/"+key] = values
		context["s3:RequestObjectTagKeys"] = append(context["s3:RequestObjectTagKeys"], key)
	}
	return context
}
