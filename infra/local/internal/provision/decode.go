package provision

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Tags of the fields of a properties struct. A field has the name of its property.
const (
	tagIgnored  = "ignored"  // the property has no effect here, for the reason given; the field's type is any
	tagOnly     = "only"     // the values that are supported, comma-separated
	tagRequired = "required" // AWS refuses a resource without it
	tagName     = "property" // the property's name, where it is not the field's
)

// decode fills the struct that into points to. Properties without a field are refused with their path. Like CloudFormation it
// takes "30" for 30 and "true" for true, and the other way round.
func decode(path string, from any, into any) error {
	return decodeValue(path, from, reflect.ValueOf(into).Elem())
}

func decodeValue(path string, from any, to reflect.Value) error {
	if from == nil {
		return nil
	}
	switch to.Kind() {
	case reflect.Interface:
		to.Set(reflect.ValueOf(from))
		return nil
	case reflect.Pointer:
		fresh := reflect.New(to.Type().Elem())
		if err := decodeValue(path, from, fresh.Elem()); err != nil {
			return err
		}
		to.Set(fresh)
		return nil
	case reflect.Struct:
		return decodeStruct(path, from, to)
	case reflect.Slice:
		return decodeSlice(path, from, to)
	case reflect.Map:
		return decodeMap(path, from, to)
	}
	return decodeScalar(path, from, to)
}

func decodeStruct(path string, from any, to reflect.Value) error {
	m, ok := from.(map[string]any)
	if !ok {
		return invalid("%s is not an object", path)
	}
	fields := fieldsOf(to.Type())
	for _, key := range slices.Sorted(maps.Keys(m)) {
		f, known := fields[key]
		if !known {
			return unsupported("%s.%s", path, key)
		}
		if err := decodeValue(path+"."+key, m[key], to.FieldByIndex(f.Index)); err != nil {
			return err
		}
		if err := checkOnly(path+"."+key, m[key], f.Tag.Get(tagOnly)); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if _, present := m[name]; !present && fields[name].Tag.Get(tagRequired) != "" {
			return invalid("%s.%s is missing", path, name)
		}
	}
	return nil
}

func fieldsOf(t reflect.Type) map[string]reflect.StructField {
	fields := map[string]reflect.StructField{}
	for f := range t.Fields() {
		fields[propertyName(f)] = f
	}
	return fields
}

func propertyName(f reflect.StructField) string {
	if name := f.Tag.Get(tagName); name != "" {
		return name
	}
	return f.Name
}

func checkOnly(path string, value any, only string) error {
	if only == "" || slices.Contains(strings.Split(only, ","), fmt.Sprint(value)) {
		return nil
	}
	return fmt.Errorf("%s: %v is %w, only %s", path, value, ErrUnsupported, strings.ReplaceAll(only, ",", ", "))
}

func decodeSlice(path string, from any, to reflect.Value) error {
	items, ok := from.([]any)
	if !ok {
		return invalid("%s is not a list", path)
	}
	out := reflect.MakeSlice(to.Type(), len(items), len(items))
	for i, item := range items {
		if err := decodeValue(fmt.Sprintf("%s[%d]", path, i), item, out.Index(i)); err != nil {
			return err
		}
	}
	to.Set(out)
	return nil
}

func decodeMap(path string, from any, to reflect.Value) error {
	m, ok := from.(map[string]any)
	if !ok {
		return invalid("%s is not an object", path)
	}
	out := reflect.MakeMapWithSize(to.Type(), len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		item := reflect.New(to.Type().Elem()).Elem()
		if err := decodeValue(path+"."+key, m[key], item); err != nil {
			return err
		}
		out.SetMapIndex(reflect.ValueOf(key), item)
	}
	to.Set(out)
	return nil
}

func decodeScalar(path string, from any, to reflect.Value) error {
	text, ok := scalarText(from)
	if !ok {
		return invalid("%s is not a plain value", path)
	}
	var err error
	switch to.Kind() {
	case reflect.String:
		to.SetString(text)
	case reflect.Bool:
		var v bool
		v, err = strconv.ParseBool(text)
		to.SetBool(v)
	case reflect.Int:
		var v int64
		v, err = strconv.ParseInt(text, 10, 64)
		to.SetInt(v)
	case reflect.Float64:
		var v float64
		v, err = strconv.ParseFloat(text, 64)
		to.SetFloat(v)
	default:
		panic("provision: properties structs have no fields of type " + to.Type().String())
	}
	if err != nil {
		kinds := map[reflect.Kind]string{reflect.Bool: "true or false", reflect.Int: "a whole number", reflect.Float64: "a number"}
		return invalid("%s: %q is not %s", path, text, kinds[to.Kind()])
	}
	return nil
}

func scalarText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return v.String(), true
	}
	return "", false
}
