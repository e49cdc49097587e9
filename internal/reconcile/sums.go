package reconcile

import (
	"errors"
	"strings"

	"awil/internal/money"
)

// numbers says which sign parts the decimals in the sums of a file: a point, a
// comma, or 0 where no sum of it tells.
type numbers struct{ sign byte }

var errMixed = errors.New("reconcile: points and commas both part decimals")

// numbersOf learns from all the sums of a file how they are written, so that
// "1,500" beside "2,75" is one and a half, and beside "3,000.00" fifteen
// hundred.
func numbersOf(sums []string) (numbers, error) {
	var n numbers
	for _, text := range sums {
		sign := tells(text)
		switch {
		case sign == 0:
		case n.sign == 0:
			n.sign = sign
		case n.sign != sign:
			return n, errMixed
		}
	}
	return n, nil
}

// tells is the sign that parts the decimals of a sum, or 0 if that cannot be
// said of it alone.
func tells(text string) byte {
	last := strings.LastIndexAny(text, ".,")
	if last < 0 {
		return 0
	}
	sign := text[last]
	other := byte('.' + ',' - sign)
	after := 0
	for after = 0; last+1+after < len(text) && text[last+1+after] >= '0' && text[last+1+after] <= '9'; {
		after++
	}
	switch {
	case strings.IndexByte(text, sign) < last:
		return other // twice: it groups
	case strings.IndexByte(text, other) >= 0, after != 3:
		return sign
	}
	return 0
}

// sum reads a sum with its sign, exactly: "-1 234,50", "1234.50-", "(12.00)".
func (n numbers) sum(text string, cur money.Currency) (money.Amount, error) {
	text, negative := unsigned(tidy(text))
	digits := cur.Digits()
	switch n.sign {
	case '.':
		text = strings.ReplaceAll(text, ",", "")
	case ',':
		text = strings.ReplaceAll(strings.ReplaceAll(text, ".", ""), ",", ".")
	}
	if point := strings.IndexByte(text, '.'); n.sign != 0 && point >= 0 {
		fraction := text[point+1:]
		for len(fraction) > digits && strings.HasSuffix(fraction, "0") {
			fraction = fraction[:len(fraction)-1]
		}
		if len(fraction) > digits {
			return money.Amount{}, money.ErrDecimals
		}
		if text = text[:point]; fraction != "" {
			text += "." + fraction
		}
	}
	amount, err := money.Parse(text, cur)
	if err == nil && negative {
		amount.Minor = -amount.Minor
	}
	return amount, err
}

// unsigned takes the sign off a sum.
func unsigned(text string) (string, bool) {
	text = strings.NewReplacer("−", "-", "–", "-", "—", "-").Replace(text)
	if inner, ok := strings.CutPrefix(text, "("); ok {
		if inner, ok = strings.CutSuffix(inner, ")"); ok {
			return strings.TrimSpace(inner), true
		}
	}
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		return strings.TrimSpace(rest), true
	}
	if rest, ok := strings.CutSuffix(text, "-"); ok {
		return strings.TrimSpace(rest), true
	}
	return strings.TrimSpace(strings.TrimPrefix(text, "+")), false
}

// sumProblem says in a sentence why a sum is none.
func sumProblem(err error) string {
	switch {
	case errors.Is(err, money.ErrDecimals):
		return "closing.bad.decimals"
	case errors.Is(err, money.ErrOverflow):
		return "closing.bad.huge"
	}
	return "closing.bad.sum"
}
