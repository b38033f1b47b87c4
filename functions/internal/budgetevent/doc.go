// Package budgetevent is the BudgetSubscriber's function: it takes the events of an HTTP API, of SNS and of the redrive
// queue, and answers each in its way.
package budgetevent
