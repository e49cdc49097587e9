package desk_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"awil/templates/desk"
)

// TestTheTrailCanBeNarrowedToEveryDeed: what has a name at the desk is in the
// filters, and what is in the filters has a name.
func TestTheTrailCanBeNarrowedToEveryDeed(t *testing.T) {
	raw, err := os.ReadFile("../../internal/i18n/catalog/en/desk.json")
	if err != nil {
		t.Fatal(err)
	}
	var messages map[string]any
	if err := json.Unmarshal(raw, &messages); err != nil {
		t.Fatal(err)
	}
	for prefix, list := range map[string][]string{"desk.action.": desk.Actions, "desk.subject.": desk.Subjects} {
		for key := range messages {
			if name, is := strings.CutPrefix(key, prefix); is && !slices.Contains(list, name) {
				t.Errorf("%s is in no filter", key)
			}
		}
		for _, name := range list {
			if messages[prefix+name] == nil {
				t.Errorf("%s%s has no name", prefix, name)
			}
		}
	}
}
