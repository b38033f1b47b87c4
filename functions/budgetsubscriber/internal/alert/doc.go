// Package alert parses the messages that AWS Budgets and AWS Cost Anomaly Detection publish through SNS.
//
// Budgets publishes plain text, not JSON. AWS documents neither its format nor its changes, so the parser requires only
// the few labelled lines that every known message has, in any order and any case, and ignores the prose.
// https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
//
// Anomaly detection publishes JSON.
// https://docs.aws.amazon.com/cost-management/latest/userguide/cad-eventbridge.html
package alert
