package edge

// An Account names the owner of APIs in ARNs and events.
type Account struct {
	ID        string // 12 digits; default "000000000000"
	Region    string // default "us-east-1"
	Partition string // default "aws"
}

// WithDefaults fills in defaults.
func (a Account) WithDefaults() Account {
	if a.ID == "" {
		a.ID = "000000000000"
	}
	if a.Region == "" {
		a.Region = "us-east-1"
	}
	if a.Partition == "" {
		a.Partition = "aws"
	}
	return a
}

// ExecuteARN is the ARN of something callable in an API: stage "prod" and path "$connect" or "GET/pets/1".
// https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
func (a Account) ExecuteARN(apiID, stage, path string) string {
	return "arn:" + a.Partition + ":execute-api:" + a.Region + ":" + a.ID + ":" + apiID + "/" + stage + "/" + path
}

// DomainName is the host under which AWS would serve the API.
func (a Account) DomainName(apiID string) string {
	return apiID + ".execute-api." + a.Region + ".amazonaws.com"
}
