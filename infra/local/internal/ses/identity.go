package ses

import (
	"maps"
	"slices"
	"strings"
)

// AddIdentity adds an address or a domain that is not verified, unless it exists.
func (b *Outbox) AddIdentity(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	name = identityName(name)
	if _, known := b.identities[name]; !known {
		b.identities[name] = false
	}
}

// Verify makes an address or a domain a verified identity, as its owner does by following the link in SES's mail or by
// setting DNS records.
func (b *Outbox) Verify(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.identities[identityName(name)] = true
}

// identityName is name with its domain in lower case.
func identityName(name string) string {
	if local, domain, ok := strings.Cut(name, "@"); ok {
		return local + "@" + strings.ToLower(domain)
	}
	return strings.ToLower(name)
}

// An Identity is an address or a domain.
type Identity struct {
	Name     string `json:"name"`
	Verified bool   `json:"verified"`
}

// Identities lists the identities by name.
func (b *Outbox) Identities() []Identity {
	b.mu.RLock()
	defer b.mu.RUnlock()
	list := []Identity{}
	for _, name := range slices.Sorted(maps.Keys(b.identities)) {
		list = append(list, Identity{name, b.identities[name]})
	}
	return list
}

// IdentityARN returns the ARN of the identity that an address sends under: its own, or that of its domain or of a domain
// above (https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html). It may not be verified; false if none exists.
func (b *Outbox) IdentityARN(address string) (arn string, ok bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	name, ok := b.identity(address)
	return "arn:aws:ses:" + b.region + ":" + b.account + ":identity/" + name, ok
}

// RecipientARN returns the ARN of a recipient's identity in the sandbox, where SES authorizes it too; false without one.
func (b *Outbox) RecipientARN(address string) (arn string, ok bool) {
	b.mu.RLock()
	sandbox := b.sandbox
	b.mu.RUnlock()
	if !sandbox {
		return "", false
	}
	return b.IdentityARN(address)
}

// identity returns the name of an address's identity; the lock is held.
func (b *Outbox) identity(address string) (name string, ok bool) {
	address, ok = bare(address)
	if !ok {
		return "", false
	}
	if _, ok := b.identities[address]; ok {
		return address, true
	}
	_, domain, _ := strings.Cut(address, "@")
	for domain != "" {
		if _, ok := b.identities[domain]; ok {
			return domain, true
		}
		_, domain, _ = strings.Cut(domain, ".")
	}
	return "", false
}

// unverified returns the addresses of a mail that SES refuses: the sender and, in the sandbox, recipients but those of the
// mailbox simulator (https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html).
func (b *Outbox) unverified(m *Message) []string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	addresses := []string{m.From}
	if b.sandbox {
		addresses = append(addresses, m.recipients()...)
	}
	var failed []string
	for _, text := range addresses {
		address, _ := bare(text)
		if name, ok := b.identity(address); ok && b.identities[name] || strings.HasSuffix(address, simulatorDomain) {
			continue
		}
		failed = append(failed, address)
	}
	return failed
}
