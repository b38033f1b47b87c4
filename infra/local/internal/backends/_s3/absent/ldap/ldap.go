// Package ldap stands in for an LDAP client. See ../README.md.
package ldap

import (
	"crypto/tls"
	"errors"
)

var errAbsent = errors.New("this build has no LDAP client")

const (
	ScopeWholeSubtree = 2
	NeverDerefAliases = 0
	ErrorNetwork      = 200
)

type (
	Conn          struct{}
	Control       any
	DialOpt       func()
	AddRequest    struct{}
	DelRequest    struct{}
	ModifyRequest struct{}
	SearchRequest struct{}
	SearchResult  struct{ Entries []*Entry }
	Entry         struct{}
	Error         struct{ ResultCode uint16 }
)

func (*Error) Error() string { return errAbsent.Error() }

func DialURL(string, ...DialOpt) (*Conn, error)         { return nil, errAbsent }
func DialWithTLSConfig(*tls.Config) DialOpt             { return nil }
func EscapeDN(text string) string                       { return text }
func EscapeFilter(text string) string                   { return text }
func NewAddRequest(string, []Control) *AddRequest       { return nil }
func NewDelRequest(string, []Control) *DelRequest       { return nil }
func NewModifyRequest(string, []Control) *ModifyRequest { return nil }

func NewSearchRequest(_ string, _, _, _, _ int, _ bool, _ string, _ []string, _ []Control) *SearchRequest {
	return nil
}

func (*AddRequest) Attribute(string, []string)             {}
func (*ModifyRequest) Replace(string, []string)            {}
func (*Entry) GetAttributeValue(string) string             { return "" }
func (*Conn) Bind(string, string) error                    { return errAbsent }
func (*Conn) Close() error                                 { return nil }
func (*Conn) Add(*AddRequest) error                        { return errAbsent }
func (*Conn) Del(*DelRequest) error                        { return errAbsent }
func (*Conn) Modify(*ModifyRequest) error                  { return errAbsent }
func (*Conn) Search(*SearchRequest) (*SearchResult, error) { return nil, errAbsent }
