// Package schema holds the requests of package vault.
package schema

type (
	KvV2WriteMetadataRequest struct{ DeleteVersionAfter string }
	AppRoleLoginRequest      struct{ RoleId, SecretId string }
	KvV2WriteRequest         struct{ Data, Options map[string]any }
	KvV2ReadResponse         struct{ Data, Metadata map[string]any }
	StandardListResponse     struct{ Keys []string }
)
