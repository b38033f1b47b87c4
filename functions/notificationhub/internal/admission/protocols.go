package admission

import (
	"strings"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// Offered is what a client offers in Sec-WebSocket-Protocol, the only header that a browser lets a page set:
// "hermes.v1, hermes.token.<jwt>".
type Offered struct {
	Protocol string // contract.Subprotocol if offered, else ""
	Token    string // "" if none
}

// ParseProtocols reads the header.
func ParseProtocols(header string) Offered {
	var o Offered
	for name := range strings.SplitSeq(header, ",") {
		name = strings.TrimSpace(name)
		if name == contract.Subprotocol {
			o.Protocol = name
		}
		if jwt, ok := strings.CutPrefix(name, contract.SubprotocolTokenPrefix); ok && o.Token == "" {
			o.Token = jwt
		}
	}
	return o
}

func (o Offered) tokenOr(queryToken string) string {
	if o.Token != "" {
		return o.Token
	}
	return queryToken
}

// ParseOrigins reads the comma-separated list of allowed origins.
func ParseOrigins(list string) []string {
	var origins []string
	for origin := range strings.SplitSeq(list, ",") {
		if origin = strings.TrimSuffix(strings.TrimSpace(origin), "/"); origin != "" {
			origins = append(origins, origin)
		}
	}
	return origins
}
