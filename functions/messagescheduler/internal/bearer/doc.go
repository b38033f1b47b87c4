// Package bearer verifies the tokens of the scheduler's callers: JWTs signed with HS512 that name the groups their bearer
// may work with.
package bearer
