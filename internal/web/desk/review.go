package desk

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/web"
	pages "awil/templates/desk"
)

const reviewPath = "/desk/review"

func (d *Desk) registerReview(desk web.Routes) {
	desk.GET("/review", web.Curator, d.queue)
	desk.GET("/review/:id", web.Curator, d.review)
	desk.POST("/review/:id/words", web.Curator, d.saveWords)
	desk.POST("/review/:id/terms", web.Curator, d.saveTerms)
	desk.POST("/review/:id/fiscal", web.Curator, d.saveFiscal)
	desk.POST("/review/:id/prices", web.Curator, d.savePrices)
	desk.POST("/review/:id/approve", web.Curator, d.approve)
	desk.POST("/review/:id/ask", web.Curator, d.ask)
	desk.POST("/review/:id/assess", web.Curator, d.assess)
	desk.POST("/review/:id/withdraw", web.Curator, d.withdraw)
	desk.POST("/review/:id/restore", web.Curator, d.restore)
}

func (d *Desk) queue(c echo.Context) error {
	view, err := d.reviewPage(c, 0)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.Review(view))
}

func (d *Desk) review(c echo.Context) error {
	return d.show(c, c.QueryParam("lang"), nil, nil)
}

// show draws a listing: as it is, or with a form as it was sent and what is wrong with it.
func (d *Desk) show(c echo.Context, lang string, problems *errs.Fields, typed func(*pages.Listing)) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	view, err := d.reviewPage(c, id)
	if err != nil {
		return err
	}
	l, err := d.listing(c.Request().Context(), view, id, lang)
	if err != nil {
		return err
	}
	status := web.FormStatus(problems)
	if typed != nil {
		typed(&l)
	}
	if len(l.Refused) > 0 {
		status = http.StatusUnprocessableEntity
	}
	if len(l.Confirm) > 0 {
		status = http.StatusConflict
	}
	view.Listing, view.Problems = &l, problems
	view.Path = reviewPath + "/" + c.Param("id") // a form's page is that of the listing
	if l.Product.Source.Name != "" {
		view.Title = l.Product.Source.Name
	}
	return web.Render(c, status, pages.Review(view))
}

// reviewPage is the page with its queue; id is the listing at work, 0 for none.
func (d *Desk) reviewPage(c echo.Context, id int64) (pages.ReviewPage, error) {
	p, err := d.page(c, "desk.review.title", reviewPath)
	if err != nil {
		return pages.ReviewPage{}, err
	}
	ctx := c.Request().Context()
	page := pageOf(c)
	if id != 0 {
		page.After = ""
	}
	view := pages.ReviewPage{Page: p}
	if view.Queue, view.More, err = d.Catalog.Queue(ctx, p.Lang(), page); err != nil {
		return view, err
	}
	if view.Waiting, err = d.Catalog.Waiting(ctx); err != nil {
		return view, err
	}
	ids := make([]int64, len(view.Queue))
	for i, item := range view.Queue {
		ids[i] = item.PhotoID
	}
	view.Pictures, err = d.pictures(ctx, ids...)
	return view, err
}

// listing fetches all that is shown of one, in the buyers' language asked for or the first its markets read.
func (d *Desk) listing(ctx context.Context, view pages.ReviewPage, id int64, lang string) (pages.Listing, error) {
	u, err := d.Catalog.ForReview(ctx, id)
	if err != nil {
		return pages.Listing{}, err
	}
	l := pages.Listing{UnderReview: u}
	if l.Markets, err = d.Markets.All(ctx); err != nil {
		return l, err
	}
	l.Lang = language(lang, firstToDo(u, l.Markets))
	if l.Maker, err = d.Producers.ByID(ctx, u.Product.Source.Lang, u.Product.ProducerID); err != nil {
		return l, err
	}
	if l.MakerThere, err = d.Producers.ByID(ctx, l.Lang, u.Product.ProducerID); err != nil {
		return l, err
	}
	if l.MakerDesk, err = d.Producers.ByID(ctx, view.Lang(), u.Product.ProducerID); err != nil {
		return l, err
	}
	if l.Categories, err = d.Catalog.Categories(ctx, view.Lang()); err != nil {
		return l, err
	}
	var ids []int64
	for _, f := range u.Product.Photos {
		ids = append(ids, f.ID)
	}
	if l.Pictures, err = d.pictures(ctx, ids...); err != nil {
		return l, err
	}
	l.Before, l.After = neighbours(view.Queue, id, u.Next)
	if l.Fiscal, err = d.fiscalOf(ctx, id); err != nil {
		return l, err
	}
	if l.Grade, err = d.gradeOf(ctx, id, u.Product.Source.Lang); err != nil {
		return l, err
	}
	l.Words, l.Terms = wordsOf(u, l.Lang), termsOf(u)
	l.Prices = pricesOf(u, l.Markets)
	l.Ask.Lang = u.Product.Source.Lang
	l.Checks = checks(l)
	return l, nil
}

// neighbours are the listings before and after one in the queue; next is the one to go to where it is not in it.
func neighbours(queue []catalog.QueueItem, id, next int64) (before, after int64) {
	for i, item := range queue {
		if item.ID != id {
			continue
		}
		if i > 0 {
			before = queue[i-1].ID
		}
		if i+1 < len(queue) {
			return before, queue[i+1].ID
		}
		return before, next // the last goes on with the first
	}
	return 0, next
}

// firstToDo is the buyers' language a reviewer should see first: one that a chosen market reads and that is not ready,
// else English.
func firstToDo(u catalog.UnderReview, all []marketOf) i18n.Lang {
	for _, n := range needed(u, all) {
		if t, there := u.Texts[n.lang]; n.lang != u.Product.Source.Lang && (!there || t.State == catalog.TextDraft) {
			return n.lang
		}
	}
	return i18n.EN
}

// at is the address of a listing in the language that was worked on.
func at(c echo.Context, lang i18n.Lang) string {
	if lang == "" {
		return reviewPath + "/" + c.Param("id")
	}
	return reviewPath + "/" + c.Param("id") + "?lang=" + string(lang)
}
