package bench

import (
	"strings"
	"testing"
)

func TestLimitsOfWhatWasMeasured(t *testing.T) {
	got := limitsOf([]Figure{{Name: "home page, warm, p50"}, {Name: "home page, warm"}, {Name: "memory, idle"}, {Name: "something else"}})
	if strings.Count(got, "\n") != 2 || !strings.HasPrefix(got, "- *home page, warm*: The kernel") || !strings.Contains(got, "\n- *memory, idle*: ") {
		t.Errorf("got %s", got)
	}
	for _, l := range limits {
		if !strings.HasSuffix(l.why, ".") || len(l.why) < 40 {
			t.Errorf("%s: %q is no sentence", l.of, l.why)
		}
	}
}
