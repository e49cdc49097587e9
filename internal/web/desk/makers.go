package desk

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"awil/internal/i18n"
	"awil/internal/paging"
	"awil/internal/producers"
	pages "awil/templates/desk"
)

// makersOffered is how many makers a choice of one offers; of more, part of a name finds them.
const makersOffered = 100

// soughtMaker is the part of a name that a choice of a maker was asked for.
func soughtMaker(c echo.Context) (string, error) {
	var form struct {
		Text string `form:"q" max:"100"`
	}
	err := filters(c, &form)
	return form.Text, err
}

// offerMakers fills a choice of a maker: those called what is sought, the newest first, and whoever is chosen already.
func (d *Desk) offerMakers(ctx context.Context, lang i18n.Lang, choice *pages.MakerChoice, chosen int64) error {
	list, more, err := d.Producers.Desk(ctx, lang, choice.Search, paging.Page{Limit: makersOffered})
	if err != nil {
		return err
	}
	choice.Makers, choice.Many = list, more != "" || choice.Search != ""
	if chosen == 0 || slices.ContainsFunc(list, func(m producers.Producer) bool { return m.ID == chosen }) {
		return nil
	}
	one, err := d.Producers.Some(ctx, lang, chosen)
	choice.Makers = append(choice.Makers, one...)
	return err
}
