// Package store is the hub's tables in DynamoDB. It reads with Query and GetItem only, never with Scan, and uses no
// transactions.
package store
