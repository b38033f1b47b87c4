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

// TemplateFiles lists the files that a folder of templates may hold; for one that is missing ours is used. The HTML ones
// are of html/template, which escapes what it inserts; the others of text/template. All see a MailView.
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

// maxSubject bounds a subject in characters, so that mail readers show it and budget names cannot stretch it.
const maxSubject = 200

// ErrTemplate says that a template could not be read, parsed or executed.
var ErrTemplate = errors.New("template refused")

//go:embed templates
var ours embed.FS

// A MailView is what templates see.
type MailView struct {
	Alert
	Recipient Recipient
}

// A Mail is one e-mail, ready but for its addresses.
type Mail struct{ Subject, Text, HTML string }

// Templates make an alert's e-mail. They are safe for concurrent use.
type Templates struct {
	html map[string]*template.Template
	text map[string]*texttemplate.Template
}

// ParseTemplates reads the templates; folder, which may be nil, holds those that replace ours.
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
		t.html[name], err = template.New(name).Option("missingkey=error").Parse(source)
		return err
	}
	t.text[name], err = texttemplate.New(name).Option("missingkey=error").Parse(source)
	return err
}

// Render makes the e-mail of an alert for one recipient.
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

// Check renders examples of every kind, so that a mistake in a template is found when the app synthesizes.
func (t *Templates) Check() error {
	for _, alert := range ExampleAlerts() {
		if _, err := t.Render(alert, Recipient{Name: "Ada", Email: "ada@example.com"}); err != nil {
			return err
		}
	}
	return nil
}

// oneLine makes a subject that is one line of bounded length, whatever a name held.
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
