// Package alert reads what AWS Budgets and AWS Cost Anomaly Detection send through SNS.
//
// Budgets writes a letter for people, not JSON; AWS documents neither its form nor when it changes, so the parser asks for
// the few labelled lines that every known letter has, in any order and any case, and ignores the prose.
// https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
//
// Anomaly detection writes JSON.
// https://docs.aws.amazon.com/cost-management/latest/userguide/cad-eventbridge.html
package alert
