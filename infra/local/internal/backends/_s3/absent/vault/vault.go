// Package vault stands in for the client of HashiCorp Vault. See ../README.md.
package vault

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/vault-client-go/schema"
)

var errAbsent = errors.New("this build has no client of HashiCorp Vault")

type (
	ClientOption  func()
	RequestOption func()

	Client struct {
		Auth    Auth
		Secrets Secrets
	}
	Auth    struct{}
	Secrets struct{}

	TLSConfiguration struct {
		ServerCertificate, ClientCertificate, ClientCertificateKey struct{ FromBytes []byte }
	}
	Response[T any] struct {
		Data T
		Auth *struct{ ClientToken string }
	}
)

func New(...ClientOption) (*Client, error)          { return nil, errAbsent }
func WithAddress(string) ClientOption               { return nil }
func WithRequestTimeout(time.Duration) ClientOption { return nil }
func WithTLS(TLSConfiguration) ClientOption         { return nil }
func WithMountPath(string) RequestOption            { return nil }
func WithNamespace(string) RequestOption            { return nil }
func IsErrorStatus(error, int) bool                 { return false }
func (*Client) SetToken(string) error               { return errAbsent }

func (Auth) AppRoleLogin(context.Context, schema.AppRoleLoginRequest, ...RequestOption) (*Response[map[string]any], error) {
	return nil, errAbsent
}

func (Secrets) KvV2Write(context.Context, string, schema.KvV2WriteRequest, ...RequestOption) (*Response[map[string]any], error) {
	return nil, errAbsent
}

func (Secrets) KvV2WriteMetadata(context.Context, string, schema.KvV2WriteMetadataRequest, ...RequestOption) (*Response[map[string]any], error) {
	return nil, errAbsent
}

func (Secrets) KvV2Read(context.Context, string, ...RequestOption) (*Response[schema.KvV2ReadResponse], error) {
	return nil, errAbsent
}

func (Secrets) KvV2DeleteMetadataAndAllVersions(context.Context, string, ...RequestOption) (*Response[map[string]any], error) {
	return nil, errAbsent
}

func (Secrets) KvV2List(context.Context, string, ...RequestOption) (*Response[schema.StandardListResponse], error) {
	return nil, errAbsent
}
