// Package hubtest has fakes for tests of the hub: tables and a gateway in memory, and the suite that both the tables in
// memory and those of DynamoDB pass.
package hubtest
