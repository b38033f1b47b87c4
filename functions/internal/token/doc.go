// Package token parses the signing secret: the keys that sign the tokens of clients and callers.
package token
