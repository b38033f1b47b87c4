package subscriber

// A Claim says who may tell a receiver of a message.
type Claim int

// Answers of Receipts.Claim.
const (
	ClaimGranted Claim = iota // to the caller, who reports by Sent or Release
	ClaimSent                 // nobody: it was sent
	ClaimBusy                 // another, whose lease has not ended
)
