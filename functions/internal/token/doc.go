// Package token has the keys that sign the tokens of clients and callers, as the signing secret holds them.
package token
