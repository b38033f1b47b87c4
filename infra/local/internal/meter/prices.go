package meter

import (
	"bytes"
	_ "embed" // the price table
	"encoding/json"
	"fmt"
)

//go:embed prices.json
var priceTable []byte

// A Price is what one unit of an action costs.
type Price struct {
	Service string `json:"service"`
	// Action is an API operation, or our name for what is billed without one; "*" is every other action.
	Action string  `json:"action"`
	Unit   string  `json:"unit"`
	USD    float64 `json:"usd"`
	Source string  `json:"source"`
}

// Prices is a price table.
type Prices struct {
	Region string  `json:"region"`
	AsOf   string  `json:"as_of"` // year and month for which the table holds
	Prices []Price `json:"prices"`
}

// ListPrices returns the built-in table.
func ListPrices() (Prices, error) {
	dec := json.NewDecoder(bytes.NewReader(priceTable))
	dec.DisallowUnknownFields()
	var p Prices
	if err := dec.Decode(&p); err != nil {
		return Prices{}, fmt.Errorf("meter: read price table: %w", err)
	}
	return p, nil
}

type subject struct{ service, action string }

func (p Prices) index() map[subject]float64 {
	byAction := make(map[subject]float64, len(p.Prices))
	for _, price := range p.Prices {
		byAction[subject{price.Service, price.Action}] = price.USD
	}
	return byAction
}
