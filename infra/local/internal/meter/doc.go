// Package meter counts the billable requests of the local stage by function, service and action, and says what they
// would cost on AWS, so that a scenario that runs on a laptop has a price.
//
// Prices come from a dated table (prices.json: us-east-1, list prices, no free tier, no volume discount). Storage, data
// transfer and monthly fees are not counted: they depend on time, not on what a scenario does.
package meter
