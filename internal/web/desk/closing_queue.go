package desk

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/ledger"
	"awil/internal/markets"
	"awil/internal/money"
	"awil/internal/reconcile"
	"awil/internal/web"
	pages "awil/templates/desk"
)

const (
	queuePath = closingPath + "/queue"
	linesPath = closingPath + "/lines/"
)

type queueForm struct {
	Till ledger.Till `form:"till" max:"20"`
	Of   string      `form:"of" max:"10"`
}

// matchQueue lists what has no counterpart: lines, or entries.
func (d *Desk) matchQueue(c echo.Context) error {
	p, err := d.page(c, "closing.queue.title", closingPath)
	if err != nil {
		return err
	}
	var form queueForm
	if err := filters(c, &form); err != nil {
		return err
	}
	view := pages.QueuePage{Page: p, Till: form.Till, OfEntries: form.Of == "entries"}
	ctx := c.Request().Context()
	if view.Open, err = d.Reconcile.Open(ctx); err != nil {
		return err
	}
	filter := reconcile.LineFilter{Till: form.Till}
	if !slices.Contains(reconcile.Tills, form.Till) {
		filter.Till, view.Till = "", ""
	}
	if view.OfEntries {
		view.Entries, view.Next, err = d.Reconcile.Entries(ctx, filter, pageOf(c))
	} else {
		view.Items, view.Next, err = d.Reconcile.Queue(ctx, filter, pageOf(c))
	}
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.MatchQueue(view))
}

// bookExact books all of which the program knows what it is.
func (d *Desk) bookExact(c echo.Context) error {
	n, err := d.Reconcile.BookExact(c.Request().Context(), by(c))
	if err != nil {
		return err
	}
	if n == 0 {
		return moved(c, queuePath, "closing.queue.none_exact")
	}
	return web.Done(c, queuePath, "closing.queue.booked", "n", n)
}

func (d *Desk) importLine(c echo.Context) error { return d.showLine(c, pages.LineTyped{}, nil) }

func (d *Desk) showLine(c echo.Context, typed pages.LineTyped, problems *errs.Fields) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	p, err := d.page(c, "closing.line.title", closingPath)
	if err != nil {
		return err
	}
	view := pages.LinePage{Page: p, LineTyped: typed}
	if view.Makers.Search, err = soughtMaker(c); err != nil {
		return err
	}
	if view.Makers.Search != "" && view.As == "" {
		view.As = reconcile.AsDebt
	}
	if err := d.fillLine(c.Request().Context(), &view, id); err != nil {
		return err
	}
	view.Problems, view.Path = problems, linesPath+decimal(id)
	return web.Render(c, web.FormStatus(problems), pages.ImportLine(view))
}

func (d *Desk) fillLine(ctx context.Context, view *pages.LinePage, id int64) (err error) {
	line, err := d.Reconcile.LineByID(ctx, id)
	if err != nil {
		return err
	}
	view.Item.Line = line
	if view.Import, err = d.Reconcile.ImportByID(ctx, line.ImportID); err != nil {
		return err
	}
	if view.Match, err = d.Reconcile.MatchOfLine(ctx, id); err != nil || view.Match.ID != 0 {
		return err
	}
	if view.Item, err = d.Reconcile.Item(ctx, line); err != nil {
		return err
	}
	if view.Candidates, err = d.Reconcile.Candidates(ctx, line); err != nil {
		return err
	}
	if view.Opposites, err = d.Reconcile.Opposites(ctx, line); err != nil {
		return err
	}
	return d.offerMakers(ctx, view.Lang(), &view.Makers, view.Producer)
}

type resolveForm struct {
	As       reconcile.As `form:"as" max:"20"`
	Order    string       `form:"order" max:"40"`
	Till     ledger.Till  `form:"till" max:"20"`
	From     ledger.Till  `form:"from" max:"20"`
	Producer int64        `form:"producer"`
	Other    int64        `form:"other"`
	Kept     string       `form:"kept" max:"40"`
	Entries  []int64      `form:"entries"`
	Memo     string       `form:"memo" max:"500"`
	Reason   string       `form:"reason" max:"500"` // of what is ignored
}

// resolveLine books a line as what finance takes it for.
func (d *Desk) resolveLine(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	line, err := d.Reconcile.LineByID(ctx, id)
	if err != nil {
		return err
	}
	var form resolveForm
	err = web.Decode(c, &form)
	if err == nil {
		err = d.resolve(ctx, by(c), line, form)
	}
	typed := pages.LineTyped{As: form.As, Order: form.Order, Till: form.Till, From: form.From, Producer: form.Producer, Other: form.Other,
		Kept: form.Kept, Memo: form.Memo, Reason: form.Reason}
	switch problems := web.Problems(err); {
	case problems != nil:
		return d.showLine(c, typed, ofForm(form.As, problems))
	case conflict(err):
		return moved(c, linesPath+decimal(id), "closing.line.meanwhile")
	case err != nil:
		return err
	}
	return web.Done(c, linesPath+decimal(id), "closing.line.resolved")
}

// ofForm names the inputs as the page does, which asks for a reason in more
// than one place.
func ofForm(as reconcile.As, problems *errs.Fields) *errs.Fields {
	if as != reconcile.AsIgnored {
		return problems
	}
	var named errs.Fields
	for _, f := range problems.All() {
		if f.Name == "memo" {
			f.Name = "reason"
		}
		named.Add(f.Name, f.Key, f.Args...)
	}
	return &named
}

func (d *Desk) resolve(ctx context.Context, by int64, line reconcile.Line, form resolveForm) error {
	r := reconcile.Resolution{As: form.As, Till: form.Till, ProducerID: form.Producer, OtherID: form.Other, EntryIDs: form.Entries, Memo: form.Memo}
	switch form.As {
	case reconcile.AsCash:
		r.Till = form.From
	case reconcile.AsIgnored:
		r.Memo = form.Reason
	case reconcile.AsTransfer:
		o, err := d.Reconcile.OrderNamed(ctx, form.Order)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return err
		}
		if o.ID != 0 && o.PaymentMethod != markets.Bank {
			bad := &errs.Fields{}
			bad.Add("order", "desk.orders.other_way."+string(o.PaymentMethod), "order", form.Order)
			return bad.Err()
		}
		r.OrderID = o.ID
	case reconcile.AsPayout:
		kept, problems := keptTyped(form.Kept, line.Currency)
		if problems != nil {
			return problems.Err()
		}
		r.Kept = kept
	}
	return d.Reconcile.Resolve(ctx, by, line.ID, r)
}

// keptTyped reads what a provider kept; empty is nothing.
func keptTyped(text string, currency money.Currency) (money.Amount, *errs.Fields) {
	if text == "" {
		return money.Zero(currency), nil
	}
	amount, err := money.Parse(text, currency)
	if err != nil {
		problems := &errs.Fields{}
		problems.Add("kept", priceProblem(err))
		return money.Amount{}, problems
	}
	return amount, nil
}

type memoForm struct {
	Memo string `form:"memo" max:"500"`
}

// undoLine takes a match apart.
func (d *Desk) undoLine(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if _, err := d.Reconcile.LineByID(ctx, id); err != nil {
		return err
	}
	var form memoForm
	err = web.Decode(c, &form)
	if err == nil {
		err = d.Reconcile.Undo(ctx, by(c), id, form.Memo)
	}
	switch problems := web.Problems(err); {
	case problems != nil:
		return d.showLine(c, pages.LineTyped{Memo: form.Memo}, problems)
	case conflict(err):
		return moved(c, linesPath+decimal(id), "closing.line.meanwhile")
	case err != nil:
		return err
	}
	return web.Done(c, linesPath+decimal(id), "closing.line.undone")
}
