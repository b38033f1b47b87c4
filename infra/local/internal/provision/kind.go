package provision

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

// A kind is the support for one resource type.
type kind struct {
	// plan adds the resource to the planner's Resources and returns the values of its intrinsics.
	plan func(p *planner, r *assembly.Resource, properties map[string]any) (assembly.Values, error)
	// properties is the type of the struct that lists its properties, nil for an inert kind.
	properties reflect.Type
	// inert says why the resource is accepted without being run, "" if it is run.
	inert string
}

// kindOf returns a kind whose properties are those of P.
func kindOf[P any](plan func(*planner, *assembly.Resource, P) (assembly.Values, error)) kind {
	return kind{
		properties: reflect.TypeFor[P](),
		plan: func(p *planner, r *assembly.Resource, properties map[string]any) (assembly.Values, error) {
			var decoded P
			if err := decode("Properties", properties, &decoded); err != nil {
				return assembly.Values{}, err
			}
			return plan(p, r, decoded)
		},
	}
}

// checked is k whose properties are checked first, for what has to be said in other words than that it is not supported.
func checked(check func(properties map[string]any) error, k kind) kind {
	plan := k.plan
	k.plan = func(p *planner, r *assembly.Resource, properties map[string]any) (assembly.Values, error) {
		if err := check(properties); err != nil {
			return assembly.Values{}, err
		}
		return plan(p, r, properties)
	}
	return k
}

// kinds is the registry: every resource type that is known.
var kinds = merge(
	apiGatewayKinds(), budgetKinds(), cloudWatchKinds(), dynamoKinds(), eventKinds(), iamKinds(), inertKinds(),
	kmsKinds(), lambdaKinds(), logKinds(), s3Kinds(), secretKinds(), sesKinds(), snsKinds(), sqsKinds(),
)

func merge(parts ...map[string]kind) map[string]kind {
	all := map[string]kind{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

// A Property is one row of the table of what is supported.
type Property struct {
	// Path below the resource's properties; [] means the items of a list.
	Path string
	// Only lists the values that are supported, empty if all are.
	Only []string
	// Ignored says why the property has no effect, "" if it has.
	Ignored string
}

// A Type is one supported resource type.
type Type struct {
	Name string
	// Inert says why resources of the type are accepted without being run, "" if they are run.
	Inert string
	// Properties that are honoured or ignored; others are refused. Empty for inert types, which take any.
	Properties []Property
}

// Types lists what is supported, by name. The table of the documentation is generated from it.
func Types() []Type {
	var all []Type
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		k := kinds[name]
		t := Type{Name: name, Inert: k.inert}
		if k.properties != nil {
			t.Properties = describe("", k.properties)
		}
		all = append(all, t)
	}
	return all
}

func describe(prefix string, t reflect.Type) []Property {
	var all []Property
	for f := range t.Fields() {
		p := Property{Path: prefix + propertyName(f), Ignored: f.Tag.Get(tagIgnored)}
		if only := f.Tag.Get(tagOnly); only != "" {
			p.Only = strings.Split(only, ",")
		}
		inner, suffix := f.Type, "."
		for inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Map {
			if inner.Kind() == reflect.Slice {
				suffix = "[]."
			}
			if inner.Kind() == reflect.Map {
				suffix = ".*."
			}
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			all = append(all, describe(p.Path+suffix, inner)...)
			continue
		}
		all = append(all, p)
	}
	return all
}

// checkTypes refuses an assembly with types that are not supported, all in one error.
func checkTypes(a *assembly.Assembly) error {
	var unknown []string
	for _, s := range a.Stacks {
		for _, r := range s.Order {
			if _, ok := kinds[r.Type]; ok || ignoredType(r.Type) {
				continue
			}
			unknown = append(unknown, fmt.Sprintf("%s/%s (%s%s)", s.Name, r.LogicalID, r.Type, hint(r.Type)))
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	return fmt.Errorf("provision: resource types that are %w: %s", ErrUnsupported, strings.Join(unknown, ", "))
}

// ignoredType is the CDK's report of its own version.
func ignoredType(name string) bool { return name == "AWS::CDK::Metadata" }

func hint(name string) string {
	if strings.HasPrefix(name, "Custom::") || name == "AWS::CloudFormation::CustomResource" {
		return ": custom resources run code of the CDK against AWS"
	}
	if name == "AWS::CloudFormation::Stack" {
		return ": nested stacks are not read; make it a stack of the app, or run the others with -stack"
	}
	return ""
}
