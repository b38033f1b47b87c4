// Package app builds the scheduler's functions from their environment and AWS's clients. Each function reads its whole
// environment first, so that everything missing is reported at once, and makes its clients after.
package app
