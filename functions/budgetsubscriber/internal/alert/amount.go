package alert

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// An amount is a contract.Amount with how exactly it was written.
type amount struct {
	contract.Amount
	decimals int
}

// symbols are the signs of exactly one currency; "$" alone is what Budgets writes for US dollars. A sign that several
// currencies share, such as "¥" and "kr", stays as it is.
var symbols = map[string]string{
	"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "R$": "BRL", "C$": "CAD", "CA$": "CAD",
	"A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "NT$": "TWD", "MX$": "MXN", "CN¥": "CNY", "JP¥": "JPY",
	"₪": "ILS", "₺": "TRY", "zł": "PLN",
}

// separators may stand between the digits of a number.
const separators = ".,'\u2019 \u00a0\u202f"

// parseAmount parses a number with its unit before or after it: "$1,234.56", "1.234,56 €", "-$5.00", "USD 90", "100
// GB".
func parseAmount(text string) (amount, error) {
	refuse := func() (amount, error) {
		return amount{}, fmt.Errorf("%w: amount %.60q", ErrInvalid, text)
	}
	from := strings.IndexAny(text, "0123456789")
	if from < 0 {
		return refuse()
	}
	rest := strings.TrimLeft(text[from:], "0123456789"+separators)
	number := strings.TrimRight(text[from:len(text)-len(rest)], separators)
	digits, decimals, ok := plain(number)
	if !ok {
		return refuse()
	}
	before, negative := cutMinus(text[:from])
	unit, ok := unitOf(before, strings.TrimLeft(text[from+len(number):], separators))
	value, err := strconv.ParseFloat(digits, 64)
	if !ok || err != nil {
		return refuse()
	}
	if negative && value != 0 {
		value = -value
	}
	return amount{contract.Amount{Value: value, Unit: unit, Text: text}, decimals}, nil
}

// plain removes the thousands separators of a number and turns its decimal separator into a point.
func plain(number string) (digits string, decimals int, ok bool) {
	point := decimalPoint(number)
	whole, fraction := number, ""
	if point >= 0 {
		whole, fraction = number[:point], number[point+1:]
	}
	groups := strings.FieldsFunc(whole, func(r rune) bool { return strings.ContainsRune(separators, r) })
	for i, group := range groups {
		// Groups are of three digits, or of two before the last three in India.
		if i > 0 && (len(group) > 3 || len(group) < 2 || i == len(groups)-1 && len(group) != 3) {
			return "", 0, false
		}
	}
	digits = strings.Join(groups, "")
	if digits == "" || strings.ContainsAny(fraction, separators) {
		return "", 0, false
	}
	if fraction != "" {
		digits += "." + fraction
	}
	return digits, len(fraction), true
}

// decimalPoint returns the index of the decimal separator, or -1. With two kinds of separator it is the last; a single
// comma before exactly three digits separates thousands, as in the English that AWS writes; a single point never does.
func decimalPoint(number string) int {
	last := strings.LastIndexAny(number, ".,")
	if last < 0 {
		return -1
	}
	sign := number[last : last+1]
	other := map[string]string{".": ",", ",": "."}[sign]
	switch {
	case strings.Count(number, sign) > 1:
		return -1
	case strings.Contains(number, other):
		return last
	case sign == "," && len(number)-last-1 == 3:
		return -1
	default:
		return last
	}
}

// cutMinus cuts a minus sign from the text before the digits: "-$" as well as "$-", and a bookkeeper's parenthesis.
func cutMinus(before string) (rest string, negative bool) {
	rest = strings.Map(func(r rune) rune {
		switch r {
		case '-', '\u2212', '(':
			negative = true
			return -1
		default:
			return r
		}
	}, before)
	return rest, negative
}

// unitOf returns the unit before or after the number. Both may be given if they agree ("$90 USD").
func unitOf(before, behind string) (string, bool) {
	before = strings.TrimFunc(before, unicode.IsSpace)
	behind = strings.TrimSuffix(strings.TrimFunc(behind, unicode.IsSpace), ")")
	if strings.HasPrefix(strings.ToLower(behind), "per ") { // "$5.00 per day"
		behind = ""
	}
	first, second := unitName(before), unitName(behind)
	switch {
	case strings.ContainsAny(before+behind, "0123456789\n"):
		return "", false
	case first == "":
		return second, true
	case second == "" || first == second:
		return first, true
	default: // "$90 CAD": the code is clearer than the sign
		return second, true
	}
}

func unitName(sign string) string {
	if code, ok := symbols[sign]; ok {
		return code
	}
	return sign
}

// percentOf returns the amount as a percentage of a limit; an amount in percent is returned as it is.
func (a amount) percentOf(limit amount) float64 {
	switch {
	case a.Unit == "%" && limit.Unit != "%":
		return a.Value
	case limit.Value <= 0:
		return 0
	}
	return bounded(a.Value / limit.Value * 100)
}

// roundedPercentOf undoes the rounding to cents: 90 % of $33.33 arrives as $30.00, which is 90.009 %. A whole
// percentage within half of the last decimal is taken to be the intended one.
func (a amount) roundedPercentOf(limit amount) float64 {
	exact := a.percentOf(limit)
	if a.Unit == "%" || limit.Value <= 0 {
		return exact
	}
	slack := 0.5 * math.Pow10(-a.decimals) / limit.Value * 100
	if whole := math.Round(exact); math.Abs(exact-whole) <= slack*1.001 && whole > 0 {
		return whole
	}
	return math.Round(exact*10) / 10
}

// bounded bounds a percentage to a number that JSON can hold, with two decimals.
func bounded(p float64) float64 { return math.Round(min(max(p, -1e12), 1e12)*100) / 100 }
