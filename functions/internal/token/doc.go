// Package token verifies the JWTs of clients and callers, signed with HS512 under the keys of the signing secret. What their
// claims mean is their construct's.
package token
