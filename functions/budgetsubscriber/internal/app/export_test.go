package app

// What tests of the start need.
var (
	NewVerifier     = newVerifier
	ParseRecipients = parseRecipients
	ParseTemplates  = parseTemplates
)
