package readme

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// packages are those that the snippets' names come from.
var packages = map[string]string{
	"aws":              "github.com/aws/aws-sdk-go-v2/aws",
	"awsapigatewayv2":  "github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2",
	"awscloudwatch":    "github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch",
	"awscdk":           "github.com/aws/aws-cdk-go/awscdk/v2",
	"awslambda":        "github.com/aws/aws-cdk-go/awscdk/v2/awslambda",
	"awsiam":           "github.com/aws/aws-cdk-go/awscdk/v2/awsiam",
	"awsroute53":       "github.com/aws/aws-cdk-go/awscdk/v2/awsroute53",
	"awss3":            "github.com/aws/aws-cdk-go/awscdk/v2/awss3",
	"awsses":           "github.com/aws/aws-cdk-go/awscdk/v2/awsses",
	"awssns":           "github.com/aws/aws-cdk-go/awscdk/v2/awssns",
	"awssqs":           "github.com/aws/aws-cdk-go/awscdk/v2/awssqs",
	"awskms":           "github.com/aws/aws-cdk-go/awscdk/v2/awskms",
	"awsdynamodb":      "github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb",
	"awsec2":           "github.com/aws/aws-cdk-go/awscdk/v2/awsec2",
	"awscertificates":  "github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager",
	"budgetsubscriber": "github.com/hermes-cdk/hermes/constructs/budgetsubscriber",
	"client":           "github.com/hermes-cdk/hermes/client",
	"config":           "github.com/aws/aws-sdk-go-v2/config",
	"context":          "context",
	"fmt":              "fmt",
	"http":             "net/http",
	"jsii":             "github.com/aws/jsii-runtime-go",
	"messagescheduler": "github.com/hermes-cdk/hermes/constructs/messagescheduler",
	"notificationhub":  "github.com/hermes-cdk/hermes/constructs/notificationhub",
	"os":               "os",
	"secretsmanager":   "github.com/aws/aws-sdk-go-v2/service/secretsmanager",
	"snsverify":        "github.com/hermes-cdk/hermes/functions/snsverify",
	"sqs":              "github.com/aws/aws-sdk-go-v2/service/sqs",
	"time":             "time",
}

// given are the variables that snippets take from the text around them.
var given = map[string]string{
	"api":         "awsapigatewayv2.HttpApi",
	"backend":     "awslambda.Function",
	"bucket":      "awss3.Bucket",
	"cfg":         "aws.Config",
	"chat":        "notificationhub.NotificationHub",
	"certificate": "awscertificates.ICertificate",
	"ctx":         "context.Context",
	"err":         "error",
	"handle":      "func(subject, message string)",
	"hub":         "notificationhub.NotificationHub",
	"login":       "awslambda.Function",
	"order":       "any",
	"orders":      "notificationhub.NotificationHub",
	"queueURL":    "string",
	"role":        "awsiam.Role",
	"scheduler":   "messagescheduler.MessageScheduler",
	"stack":       "awscdk.Stack",
	"text":        "string",
	"zone":        "awsroute53.IHostedZone",
}

// fieldsOf are the props that a snippet of a page shows fields of.
var fieldsOf = map[string]string{
	"constructs/budgetsubscriber/README.md": "budgetsubscriber.BudgetSubscriberProps",
	"constructs/messagescheduler/README.md": "messagescheduler.MessageSchedulerProps",
	"constructs/notificationhub/README.md":  "notificationhub.NotificationHubProps",
}

// TestTheSnippetsInGoCompile compiles every snippet in Go as a part of this module: whole programs as they are, statements in
// a function, fields in the props that they belong to.
func TestTheSnippetsInGoCompile(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join(root, "constructs", "*", "README.md"))
	if err != nil || len(pages) < len(fieldsOf) {
		t.Fatalf("%q, %v", pages, err)
	}
	pages = append(pages, filepath.Join(root, "README.md"), filepath.Join(root, "docs", "backends.md"), filepath.Join(root, "docs", "scheduler.md"),
		filepath.Join(root, "docs", "testing.md"), filepath.Join(root, "docs", "constructs", "README.md"),
		filepath.Join(root, "functions", "snsverify", "README.md"))
	// The files are in this module for the compiler only: -overlay says where they lie in truth.
	folder, replaced := t.TempDir(), map[string]string{}
	var names, imported []string
	for _, path := range pages {
		page, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		for n, b := range blocks(t, page, "go") {
			// A package each: their names must not meet.
			name := strings.NewReplacer("/", "_", ".", "_").Replace(page) + fmt.Sprint("_", n)
			place, err := filepath.Abs(filepath.Join(name, "snippet.go"))
			if err != nil {
				t.Fatal(err)
			}
			replaced[place] = filepath.Join(folder, name+".go")
			write(t, replaced[place], program(t, b))
			names, imported = append(names, fmt.Sprintf("%s:%d", b.page, b.line)), append(imported, "./"+name)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "overlay.json"), string(overlay))
	build := exec.CommandContext(t.Context(), "go", append([]string{"build", "-overlay", filepath.Join(folder, "overlay.json")}, imported...)...)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range names {
		report("compiled %s (go)", name)
	}
}

// program completes a snippet so that it compiles.
func program(t *testing.T, b block) string {
	t.Helper()
	if strings.Contains(b.text, "\npackage ") || strings.HasPrefix(b.text, "package ") {
		return strings.Replace(b.text, "package main\n", "package snippet\n", 1) // nothing to link then
	}
	body := strings.ReplaceAll(b.text, "{ ... }", "{ return }")
	if !parses(body) {
		body = fmt.Sprintf("_ = %s{\n%s}\n", fieldsOf[b.page], body)
	}
	if !parses(body) {
		t.Fatalf("%s:%d: the snippet is neither statements nor fields of the construct's props:\n%s", b.page, b.line, b.text)
	}
	return complete(t, "snippet", "Snippet", given, body)
}

// schedulerProgram makes a program of the guide's lines that prints the token which they make.
func schedulerProgram(b block) string {
	body := "ctx, text := context.Background(), \"All is well.\"\ncfg, err := config.LoadDefaultConfig(ctx)\n" +
		b.text + "if err != nil { panic(err) }\n_ = message\nfmt.Println(token.Token)\n"
	return imports("main", body) + "func main() {\n" + body + "}\n"
}

func parses(body string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f() {\n"+body+"\n}", 0)
	return err == nil
}

// complete puts statements into a function that is given the variables which they use and do not declare.
func complete(t *testing.T, name, function string, variables map[string]string, body string) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f() {\n"+body+"\n}", 0)
	if err != nil {
		t.Fatal(err)
	}
	used, declared := names(file)
	var parameters []string
	for variable, kind := range variables {
		if used[variable] && !slices.Contains(declared, variable) {
			parameters = append(parameters, variable+" "+kind)
		}
	}
	slices.Sort(parameters)
	for _, variable := range declared {
		body += "_ = " + variable + "\n"
	}
	text := "func " + function + "(" + strings.Join(parameters, ", ") + ") {\n" + body + "}\n"
	source, err := format.Source([]byte(imports(name, text) + text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return string(source)
}

// names lists the names that statements use and those that the outermost of them declare.
func names(file *ast.File) (used map[string]bool, declared []string) {
	used = map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			used[id.Name] = true
		}
		return true
	})
	for _, statement := range file.Decls[0].(*ast.FuncDecl).Body.List {
		assignment, ok := statement.(*ast.AssignStmt)
		if !ok || assignment.Tok != token.DEFINE {
			continue
		}
		for _, left := range assignment.Lhs {
			if id, ok := left.(*ast.Ident); ok && id.Name != "_" && !slices.Contains(declared, id.Name) {
				declared = append(declared, id.Name)
			}
		}
	}
	return used, declared
}

// imports begins a file with the packages that the text names.
func imports(name, text string) string {
	head := "package " + name + "\n\nimport (\n"
	for alias, path := range packages {
		if regexp.MustCompile(`\b` + alias + `\.[A-Z]`).MatchString(text) {
			head += fmt.Sprintf("\t%s %q\n", alias, path)
		}
	}
	return head + ")\n\n"
}
