package i18n

// form is a grammatical number. Every language has formOther.
type form uint8

const (
	formOther form = iota
	formOne
	formFew
	formMany
	formCount
)

var formNames = [formCount]string{formOther: "other", formOne: "one", formFew: "few", formMany: "many"}

// formNamed returns the form with a name as catalogues write it.
func formNamed(name string) (form, bool) {
	for f, n := range formNames {
		if n == name {
			return form(f), true
		}
	}
	return 0, false
}

// formsOf returns the forms a plural message must have in a language.
func formsOf(l Lang) []form {
	switch l {
	case RU:
		return []form{formOne, formFew, formMany, formOther}
	case JA:
		return []form{formOther}
	}
	return []form{formOne, formOther}
}

// pluralForm picks the form for a whole number after CLDR 48. Karakalpak has
// no rule there; it follows Uzbek and Kazakh, its neighbours.
func pluralForm(l Lang, n int64) form {
	switch l {
	case JA:
		return formOther
	case RU:
		return russianForm(n)
	}
	if n == 1 || n == -1 {
		return formOne
	}
	return formOther
}

func russianForm(n int64) form {
	ten, hundred := n%10, n%100
	if n < 0 {
		ten, hundred = -ten, -hundred
	}
	switch {
	case ten == 1 && hundred != 11:
		return formOne
	case ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14):
		return formFew
	}
	return formMany
}
