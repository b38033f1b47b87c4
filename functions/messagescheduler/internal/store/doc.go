// Package store is the scheduler's tables in DynamoDB: messages, subscribers and deliveries. It reads with Query and
// GetItem only, never with Scan, and uses no transactions.
package store
