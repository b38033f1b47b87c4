// Package lambdafn makes Lambda functions with the defaults of this module: the Go code of a package of functions/ on
// provided.al2023 and arm64, a role and a log group of its own, and no permission but to write into that log group.
package lambdafn
