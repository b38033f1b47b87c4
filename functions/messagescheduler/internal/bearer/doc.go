// Package bearer verifies the tokens of the API's callers: JWTs signed with HS512 that name the groups their bearer may
// use.
package bearer
