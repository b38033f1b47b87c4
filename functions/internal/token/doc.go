// Package token verifies the token that a connection presents: a JWT signed with HS512 that names a user and a room, and a
// second factor inside it that must match a stored row, so that one token can be revoked without changing the key.
package token
