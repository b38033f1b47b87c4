// Package app builds the BudgetSubscriber's function from its environment and AWS's clients.
package app
