package operation

// sts: GetCallerIdentity needs no permission
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
func (id *Identifier) sts(op *Operation, r *Request) {
	op.Name = form(r).Get("Action")
	op.Known = op.Name == "GetCallerIdentity"
}
