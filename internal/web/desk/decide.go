package desk

import (
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/web"
	pages "awil/templates/desk"
)

func (d *Desk) approve(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	u, err := d.Catalog.ForReview(ctx, id)
	if err != nil {
		return err
	}
	var form pages.Ask // what had been begun to be asked comes back, should something be missing
	if err := web.Decode(c, &form); err != nil && web.Problems(err) == nil {
		return err
	}
	seen, err := time.Parse(time.RFC3339Nano, form.Seen)
	if err != nil {
		return moved(c, at(c, ""), "desk.decide.moved_on")
	}
	if !form.Confirm && askable(u, seen) {
		open, err := d.openChecks(c, u)
		if err != nil {
			return err
		}
		if len(open) > 0 {
			return d.show(c, c.FormValue("lang"), nil, func(l *pages.Listing) {
				l.Confirm = open
				askedAs(l, form)
			})
		}
	}
	return d.approveSeen(c, u, seen, form)
}

// askable reports whether approving would pass: only then is it worth asking about checks that are open. A listing that
// moved on or is to be sold nowhere is refused anyway.
func askable(u catalog.UnderReview, seen time.Time) bool {
	return u.Product.State == catalog.Submitted && u.Product.UpdatedAt.Equal(seen) && len(u.Markets) > 0
}

func (d *Desk) openChecks(c echo.Context, u catalog.UnderReview) ([]pages.Check, error) {
	view, err := d.reviewPage(c, u.Product.ID)
	if err != nil {
		return nil, err
	}
	l, err := d.listing(c.Request().Context(), view, u.Product.ID, "")
	return l.Open(), err
}

func (d *Desk) approveSeen(c echo.Context, u catalog.UnderReview, seen time.Time, form pages.Ask) error {
	err := d.Catalog.ApproveSeen(c.Request().Context(), by(c), u.Product.ID, seen)
	if problems := web.Problems(err); problems != nil {
		return d.show(c, c.FormValue("lang"), nil, func(l *pages.Listing) {
			l.Refused = problems.All()
			askedAs(l, form)
		})
	}
	if conflict(err) {
		return moved(c, at(c, ""), "desk.decide.moved_on")
	}
	if err != nil {
		return err
	}
	return web.Done(c, onward(u), "desk.decide.approved", "name", u.Product.Source.Name)
}

func askedAs(l *pages.Listing, form pages.Ask) {
	form.Lang = language(string(form.Lang), l.Product.Source.Lang)
	l.Ask = form
}

func (d *Desk) ask(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	u, err := d.Catalog.ForReview(ctx, id)
	if err != nil {
		return err
	}
	var form pages.Ask
	err = web.Decode(c, &form)
	if err == nil {
		err = d.Catalog.AskChanges(ctx, by(c), id, asked(form, u))
	}
	if problems := web.Problems(err); problems != nil {
		return d.show(c, c.FormValue("lang"), problems, func(l *pages.Listing) { askedAs(l, form) })
	}
	if conflict(err) {
		return moved(c, at(c, ""), "desk.decide.moved_on")
	}
	if err != nil {
		return err
	}
	return web.Done(c, onward(u), "desk.decide.asked", "name", u.Product.Source.Name)
}

func asked(form pages.Ask, u catalog.UnderReview) catalog.Ask {
	a := catalog.Ask{Message: form.Message, Lang: language(string(form.Lang), u.Product.Source.Lang)}
	for _, t := range form.Topics {
		a.Topics = append(a.Topics, catalog.Topic(t))
	}
	return a
}

// onward is where a decision leads: to the listing that waits longest, or to the empty queue.
func onward(u catalog.UnderReview) string {
	if u.Next == 0 {
		return reviewPath
	}
	return reviewPath + "/" + decimal(u.Next)
}

// withdraw takes a listing back in the name of the programme.
func (d *Desk) withdraw(c echo.Context) error {
	return d.asMaker(c, "desk.decide.withdrawn", d.Catalog.Withdraw)
}

func (d *Desk) restore(c echo.Context) error {
	return d.asMaker(c, "desk.decide.restored", d.Catalog.Restore)
}

// asMaker does what a producer may do with her listing too; the trail names who did it.
func (d *Desk) asMaker(c echo.Context, done string, do makerAction) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	u, err := d.Catalog.ForReview(c.Request().Context(), id)
	if err != nil {
		return err
	}
	err = do(c.Request().Context(), catalog.Maker{ProducerID: u.Product.ProducerID, AccountID: by(c)}, id)
	if problems := web.Problems(err); problems != nil {
		return d.show(c, "", nil, func(l *pages.Listing) { l.Refused = problems.All() })
	}
	if err != nil && errs.KindOf(err) == errs.Conflict {
		return moved(c, at(c, ""), "desk.decide.moved_on")
	}
	if err != nil {
		return err
	}
	return web.Done(c, at(c, ""), done, "name", u.Product.Source.Name)
}
