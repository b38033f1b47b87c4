package wire

// An Error is an error of an AWS API.
type Error struct {
	// Code as the service names it, for example AccessDeniedException.
	Code string
	// Message is for humans.
	Message string
	// Status is the HTTP status. Default: 400.
	Status int
	// QueryCode is the code in the query protocol, where it differs: SQS sends it in x-amzn-query-error beside Code; no
	// other JSON service has that header.
	QueryCode string
}

// Error implements error: the code and the message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

func (e *Error) status() int {
	if e.Status == 0 {
		return 400
	}
	return e.Status
}

func (e *Error) queryCode() string {
	if e.QueryCode == "" {
		return e.Code
	}
	return e.QueryCode
}

// errorType is the party at fault, in the words of the query protocol.
func (e *Error) errorType() string {
	if e.status() >= 500 {
		return "Receiver"
	}
	return "Sender"
}
