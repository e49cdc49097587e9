package money

import "strings"

// splitNumber takes a typed number apart into its digits before and after the
// decimal sign, grouping removed.
func splitNumber(text string, digits int) (whole, decimals string, err error) {
	sign := decimalSign(text, digits)
	whole = text
	if sign >= 0 {
		whole, decimals = text[:sign], text[sign+1:]
		if !allDigits(decimals) {
			return "", "", ErrSyntax
		}
	}
	if whole, err = ungroup(whole); err != nil {
		return "", "", err
	}
	if len(decimals) > digits {
		return "", "", ErrDecimals
	}
	return whole, decimals, nil
}

// decimalSign returns the index of the decimal sign, -1 if there is none: the
// last point or comma, unless it groups thousands.
func decimalSign(text string, digits int) int {
	last := strings.LastIndexAny(text, ".,")
	if last < 0 {
		return -1
	}
	sign := text[last]
	other := byte('.' + ',' - sign)
	switch {
	case strings.IndexByte(text, sign) < last:
		return -1 // twice: it groups
	case strings.IndexByte(text, other) >= 0 || strings.IndexByte(text, ' ') >= 0:
		return last // something else groups
	case digits != 3 && len(text)-last == 4 && last <= 3 && text[0] != '0':
		return -1 // 56.000
	}
	return last
}

// ungroup removes one kind of grouping sign, which must leave groups of three.
func ungroup(whole string) (string, error) {
	at := strings.IndexAny(whole, " .,'")
	if at < 0 {
		if !allDigits(whole) {
			return "", ErrSyntax
		}
		return whole, nil
	}
	groups := strings.Split(whole, whole[at:at+1])
	for i, group := range groups {
		if !allDigits(group) || i == 0 && len(group) > 3 || i > 0 && len(group) != 3 {
			return "", ErrSyntax
		}
	}
	return strings.Join(groups, ""), nil
}
