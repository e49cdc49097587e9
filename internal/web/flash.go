package web

import (
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/i18n"
	"awil/templates/layout"
)

// A flash travels in a signed cookie, so that it needs no session. It holds
// the message's key, not its words: the next page may be in another language.
const (
	flashCookie = "awil_flash"
	flashKept   = time.Minute
)

type flash struct {
	Good bool   `json:"g"`
	Key  string `json:"k"`
	Args []any  `json:"a,omitempty"`
}

// SetFlash keeps one sentence for the next page that is not Public. Arguments
// are name, value pairs of texts and numbers; a formatted sum or date goes in
// as text.
func SetFlash(c echo.Context, good bool, key string, args ...any) {
	if err := SetSigned(c, flashCookie, flash{good, key, args}, flashKept); err != nil {
		st := stateOf(c)
		st.server.Log.WarnContext(c.Request().Context(), "flash lost", "error", err, "request_id", st.id)
	}
}

// takeFlash returns the sentence to show now, once. Only a page that is looked
// at takes it: a form in between leaves it for the page it leads to.
func takeFlash(c echo.Context, l *i18n.Localizer) *layout.Flash {
	st := stateOf(c)
	if st.flash == nil && isRead(c.Request().Method) {
		var f flash
		if Signed(c, flashCookie, &f) {
			DropCookie(c, flashCookie)
			st.flash = &layout.Flash{Good: f.Good, Text: l.T(f.Key, whole(f.Args)...)}
		}
	}
	return st.flash
}

// whole turns numbers that went through JSON back into integers, so that
// plural forms and grouping work.
func whole(args []any) []any {
	for i, a := range args {
		if f, ok := a.(float64); ok && f == float64(int64(f)) {
			args[i] = int(f)
		}
	}
	return args
}
