package part

import (
	"strconv"
	"time"

	"awil/internal/i18n"
	"awil/templates/layout"
)

// Months lists the months to choose from by their numbers, after what none of
// them, "0", stands for.
func Months(b layout.Base, none string) []Option {
	list := []Option{{Value: "0", Text: none}}
	for m := time.January; m <= time.December; m++ {
		list = append(list, Option{Value: strconv.Itoa(int(m)), Text: i18n.Title(b.Lang(), b.Month(m))})
	}
	return list
}
