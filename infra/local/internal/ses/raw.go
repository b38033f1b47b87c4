package ses

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

const maxDepth = 10 // of parts within parts

var errRaw = errors.New("ses: raw message is malformed")

// parseRaw reads a message in the Internet format (RFC 5322). from and to override its headers, as in the API.
func parseRaw(raw string, from string, to, cc, bcc []string) (Message, error) {
	in, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		return Message{}, errRaw
	}
	m := Message{From: from, To: to, CC: cc, BCC: bcc, Headers: map[string][]string{}}
	var decoder mime.WordDecoder
	for name, values := range in.Header {
		for _, value := range values {
			if text, err := decoder.DecodeHeader(value); err == nil {
				value = text
			}
			m.Headers[name] = append(m.Headers[name], value)
		}
	}
	if m.From == "" {
		m.From = in.Header.Get("From")
	}
	if len(m.recipients()) == 0 {
		m.To, m.CC, m.BCC = addresses(in.Header, "To"), addresses(in.Header, "Cc"), addresses(in.Header, "Bcc")
	}
	m.ReplyTo = addresses(in.Header, "Reply-To")
	if subject := m.Headers["Subject"]; len(subject) > 0 {
		m.Subject = subject[0]
	}
	readPart(&m, in.Header.Get("Content-Type"), in.Header.Get("Content-Transfer-Encoding"), in.Body, 0)
	return m, nil
}

func addresses(h mail.Header, name string) []string {
	list, err := h.AddressList(name)
	if err != nil {
		return nil
	}
	texts := make([]string, 0, len(list))
	for _, a := range list {
		texts = append(texts, a.Address)
	}
	return texts
}

// readPart takes the first plain text and the first HTML of a part; attachments and malformed parts are skipped.
func readPart(m *Message, contentType, encoding string, body io.Reader, depth int) {
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") && depth < maxDepth {
		parts := multipart.NewReader(body, parameters["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err != nil {
				return
			}
			if part.FileName() == "" {
				readPart(m, part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part, depth+1)
			}
		}
	}
	var target *string
	switch {
	case kind == "text/plain" && m.Text == "":
		target = &m.Text
	case kind == "text/html" && m.HTML == "":
		target = &m.HTML
	default:
		return
	}
	text, err := io.ReadAll(decoded(encoding, body))
	if err == nil {
		*target = string(text)
	}
}

func decoded(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	}
	return body
}
