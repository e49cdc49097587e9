package content

import (
	"encoding/json"
	"fmt"
	"strings"

	"awil/internal/i18n"
)

// Text is one text in all six languages.
type Text map[i18n.Lang]string

// UnmarshalJSON reads an object of language codes. It refuses a text that
// lacks a language, has one too many, or is empty in one. null leaves no text.
func (t *Text) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var words map[i18n.Lang]string
	if err := json.Unmarshal(data, &words); err != nil {
		return fmt.Errorf("text: %w", err)
	}
	for _, lang := range i18n.Langs() {
		if strings.TrimSpace(words[lang]) == "" {
			return fmt.Errorf("text %.40q: no %s", words[i18n.EN], lang)
		}
	}
	if len(words) != len(i18n.Langs()) {
		return fmt.Errorf("text %.40q: a language too many", words[i18n.EN])
	}
	*t = words
	return nil
}
