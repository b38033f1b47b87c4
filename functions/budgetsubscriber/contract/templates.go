package contract

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
	texttemplate "text/template"
	"unicode"
)

// TemplateFiles returns the names of the files that a folder of templates may contain; a missing file is replaced by
// the default. The HTML ones are of html/template, which escapes what it inserts; the others are of text/template. All
// are executed with a MailView.
func TemplateFiles() []string {
	var names []string
	for _, kind := range []string{KindBudget, KindAnomaly} {
		names = append(names, kind+subjectFile, kind+textFile, kind+htmlFile)
	}
	return names
}

const (
	subjectFile = ".subject.txt"
	textFile    = ".txt"
	htmlFile    = ".html"
)

// maxSubject bounds a subject in characters, so that mail readers show it whole, however long the budget's name.
const maxSubject = 200

// ErrTemplate is returned for a template that cannot be read, parsed or executed.
var ErrTemplate = errors.New("template refused")

//go:embed templates
var ours embed.FS

// opening defines the template "opening", with which the default HTML ones begin.
var opening = template.Must(template.ParseFS(ours, "templates/opening.html"))

// A MailView is what templates are executed with.
type MailView struct {
	Alert
	Recipient Recipient
}

// A Mail is one e-mail without its addresses.
type Mail struct{ Subject, Text, HTML string }

// Templates render an alert's e-mail. They are safe for concurrent use.
type Templates struct {
	html map[string]*template.Template
	text map[string]*texttemplate.Template
}

// ParseTemplates parses the templates. Those in folder, which may be nil, replace the defaults.
func ParseTemplates(folder fs.FS) (*Templates, error) {
	t := &Templates{html: map[string]*template.Template{}, text: map[string]*texttemplate.Template{}}
	for _, name := range TemplateFiles() {
		source, err := sourceOf(folder, name)
		if err != nil {
			return nil, fmt.Errorf("contract: parse templates: %w: %s: %w", ErrTemplate, name, err)
		}
		if err := t.parse(name, source); err != nil {
			return nil, fmt.Errorf("contract: parse templates: %w: %w", ErrTemplate, err)
		}
	}
	return t, nil
}

func sourceOf(folder fs.FS, name string) (string, error) {
	if folder != nil {
		source, err := fs.ReadFile(folder, name)
		if !errors.Is(err, fs.ErrNotExist) {
			return string(source), err
		}
	}
	source, err := ours.ReadFile("templates/" + name)
	return string(source), err
}

func (t *Templates) parse(name, source string) (err error) {
	if strings.HasSuffix(name, htmlFile) {
		t.html[name], err = template.Must(opening.Clone()).New(name).Option("missingkey=error").Parse(source)
		return err
	}
	t.text[name], err = texttemplate.New(name).Option("missingkey=error").Parse(source)
	return err
}

// Render renders the e-mail of an alert for one recipient.
func (t *Templates) Render(alert Alert, to Recipient) (Mail, error) {
	view := MailView{alert, to}
	var subject, text, html bytes.Buffer
	err := errors.Join(
		t.text[alert.Kind+subjectFile].Execute(&subject, view),
		t.text[alert.Kind+textFile].Execute(&text, view),
		t.html[alert.Kind+htmlFile].Execute(&html, view),
	)
	if err != nil {
		return Mail{}, fmt.Errorf("contract: render: %w: %w", ErrTemplate, err)
	}
	return Mail{Subject: oneLine(subject.String()), Text: text.String(), HTML: html.String()}, nil
}

// Check renders examples of every kind, so that a mistake in a template is found when the app is synthesized.
func (t *Templates) Check() error {
	for _, alert := range ExampleAlerts() {
		if _, err := t.Render(alert, Recipient{Name: "Ada", Email: "ada@example.com"}); err != nil {
			return err
		}
	}
	return nil
}

// oneLine returns a subject of one line and bounded length, whatever a name contains.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.TrimSpace(s))
	if runes := []rune(s); len(runes) > maxSubject {
		s = string(runes[:maxSubject-1]) + "…"
	}
	return s
}
