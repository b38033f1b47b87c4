package snsverify

// ReadEnvelope returns the text fields of body by their first spelling, for the test that compares readers.
func ReadEnvelope(body []byte) (map[string]string, error) {
	e, err := parseEnvelope(body)
	if err != nil {
		return nil, err
	}
	fields := map[string]string{}
	for f := range fieldCount {
		if e.present.has(f) && f != fieldMessageAttributes {
			fields[names[f][0]] = e.value[f]
		}
	}
	return fields, nil
}
