package provision

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// createTopics creates topics. Subscriptions depend on the protocol and are made by the stage.
func (r *Resources) createTopics(ctx context.Context, c Topics) error {
	for _, t := range r.Topics {
		attributes := map[string]string{}
		if t.DisplayName != "" {
			attributes["DisplayName"] = t.DisplayName
		}
		if t.SignatureVersion != "1" {
			attributes["SignatureVersion"] = t.SignatureVersion
		}
		if _, err := c.CreateTopic(ctx, &sns.CreateTopicInput{Name: &t.Name, Attributes: attributes}); err != nil {
			return creating("topic", t.Name, t.ID, err)
		}
	}
	return nil
}
