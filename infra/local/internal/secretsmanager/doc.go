// Package secretsmanager is the Secrets Manager of the local stage: secrets with version stages, generated values as
// CloudFormation generates them, kept over restarts.
//
// Values are never logged and appear in no error.
package secretsmanager
