package buy

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"awil/internal/platform/mail"
	"awil/internal/web"
	pages "awil/templates/buy"
)

// letters lists what the outbox keeps.
func (p *Buy) letters(c echo.Context) error {
	kept, err := p.Outbox.List(c.Request().Context())
	if err != nil {
		return err
	}
	b := web.Base(c)
	b.Title = b.T("buy.outbox.title")
	page := pages.Outbox{Base: b}
	for _, k := range kept {
		page.Letters = append(page.Letters, letterOf(k))
	}
	return web.Render(c, http.StatusOK, pages.OutboxPage(page))
}

// letter shows one.
func (p *Buy) letter(c echo.Context) error {
	kept, err := p.Outbox.Get(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	b := web.Base(c)
	b.Title = kept.Subject
	return web.Render(c, http.StatusOK, pages.LetterPage(pages.OneLetter{Base: b, Letter: letterOf(kept)}))
}

func letterOf(k mail.Kept) pages.Letter {
	return pages.Letter{ID: k.ID, To: strings.Trim(k.To, "<>"), Subject: k.Subject, At: k.Date, Text: k.Text, HTML: k.HTML}
}
