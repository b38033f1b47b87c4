package subscriber

// A Claim is the answer to a request to notify a receiver of a message.
type Claim int

// Answers of Receipts.Claim.
const (
	ClaimGranted Claim = iota // granted to the caller, which then calls Sent or Release
	ClaimSent                 // the receiver was notified already
	ClaimBusy                 // claimed by another invocation, whose lease has not ended
)
