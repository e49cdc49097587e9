package desk

import (
	"context"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/web"
	pages "awil/templates/desk"
	"awil/templates/part"
)

const refundsPath = "/desk/refunds"

func (d *Desk) registerRefunds(desk web.Routes) {
	desk.GET("/refunds", web.Finance, d.refunds)
	desk.GET("/orders/:id/refund", web.Finance, d.refund)
	desk.POST("/orders/:id/refund", web.Finance, d.decideRefund)
	desk.POST("/requests/:id/decline", web.Finance, d.declineRequest)
	desk.POST("/refunds/:id/sent", web.Finance, d.refundSent)
	desk.POST("/refunds/:id/undo", web.Finance, d.refundUndone)
}

// refunds lists what is asked for, what goes back, or what is disputed.
func (d *Desk) refunds(c echo.Context) error {
	return d.showRefunds(c, pages.RefundsView(c.QueryParam("view")), pages.SentTyped{}, nil)
}

func (d *Desk) showRefunds(c echo.Context, list pages.RefundsView, typed pages.SentTyped, problems *errs.Fields) error {
	p, err := d.page(c, "refunds.title", refundsPath)
	if err != nil {
		return err
	}
	view := pages.RefundsPage{Page: p, View: list, Typed: typed}
	view.Problems, view.Path = problems, refundsPath
	if problems != nil { // then it stands at another address
		view.Query = url.Values{"view": {string(list)}, "after": c.QueryParams()["after"]}.Encode()
	}
	if err := d.fillRefunds(c, &view); err != nil {
		return err
	}
	return web.Render(c, web.FormStatus(problems), pages.Refunds(view))
}

func (d *Desk) fillRefunds(c echo.Context, view *pages.RefundsPage) (err error) {
	ctx, page := c.Request().Context(), pageOf(c)
	open := view.Matters
	view.Counts = map[pages.RefundsView]int{pages.RefundsAsked: open.Requests, pages.RefundsByHand: open.ByHand,
		pages.RefundsAway: open.Away, pages.RefundsDisputes: open.Disputes}
	if !slices.Contains(pages.RefundsViews, view.View) {
		view.View = firstWaiting(view.Counts)
	}
	switch view.View {
	case pages.RefundsAsked:
		view.Requests, view.Next, err = d.Payments.OpenRequests(ctx, page)
	case pages.RefundsDisputes:
		view.Disputes, view.Next, err = d.Payments.Disputes(ctx, page)
	case pages.RefundsByHand:
		view.Refunds, view.Next, err = d.Payments.RefundsByHand(ctx, page)
	case pages.RefundsAway:
		view.Refunds, view.Next, err = d.Payments.RefundsAway(ctx, page)
	default:
		view.Refunds, view.Next, err = d.Payments.RefundsSent(ctx, page)
	}
	return err
}

// firstWaiting is the first list in which something waits.
func firstWaiting(counts map[pages.RefundsView]int) pages.RefundsView {
	for _, v := range pages.RefundsViews {
		if counts[v] > 0 {
			return v
		}
	}
	return pages.RefundsAsked
}

// refund shows the form on which it is decided what goes back of an order.
func (d *Desk) refund(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	return d.showDecide(c, id, pages.DecideTyped{}, nil)
}

func (d *Desk) showDecide(c echo.Context, id int64, typed pages.DecideTyped, problems *errs.Fields) error {
	p, err := d.page(c, "refunds.order.title", refundsPath)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	o, err := d.Checkout.ByID(ctx, id, p.Lang())
	if err != nil {
		return err
	}
	returns, err := d.Checkout.Returns(ctx, o.Order)
	if err != nil {
		return err
	}
	if !returns.CanRefund {
		return moved(c, ordersPath+"/"+decimal(id), "refunds.decide.closed")
	}
	view := pages.DecidePage{Page: p, Order: o, Returns: returns, Token: checkout.NewFormToken(), Typed: typed}
	view.Title, view.Problems = p.T("refunds.decide.title", "label", o.Label()), problems
	view.Path = ordersPath + "/" + decimal(id) + "/refund"
	if view.Goods, err = d.goodsOf(ctx, o.Whole, p.Lang()); err != nil {
		return err
	}
	if err := d.fillRequest(ctx, &view); err != nil {
		return err
	}
	return web.Render(c, web.FormStatus(problems), pages.Decide(view))
}

// fillRequest adds what the buyer asks for, if she does.
func (d *Desk) fillRequest(ctx context.Context, view *pages.DecidePage) error {
	at := slices.IndexFunc(view.Requests, payments.Request.Open)
	if at < 0 {
		return nil
	}
	view.Request, view.Asked = &view.Requests[at], map[int64]int{}
	for _, l := range view.Request.Lines {
		view.Asked[l.LineID] = l.Quantity
	}
	found, err := d.Photos.ByIDs(ctx, view.Request.PhotoIDs)
	if err != nil {
		return err
	}
	for _, id := range view.Request.PhotoIDs {
		if photo, ok := found[id]; ok && photo.Ready() {
			view.Photos = append(view.Photos, part.Picture{Key: photo.Key, Widths: photo.Widths, Width: photo.Width, Height: photo.Height,
				AVIF: photo.AVIF, Color: photo.Color, Placeholder: photo.Placeholder})
		}
	}
	return nil
}

type decideForm struct {
	Token   string  `form:"token" max:"36"`
	Request int64   `form:"request"`
	Lines   []int64 `form:"line"`
	Pieces  []int64 `form:"pieces"`
	Restock []int64 `form:"restock"`
	Parcels []int64 `form:"parcel"`
	Reason  string  `form:"reason" max:"500"`
	Answer  string  `form:"answer" max:"2000"`
	Away    string  `form:"away" max:"3"`
}

// decideRefund decides what goes back.
func (d *Desk) decideRefund(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	o, err := d.Orders.ByID(ctx, id, web.Lang(c))
	if err != nil {
		return err
	}
	var form decideForm
	problems := &errs.Fields{}
	if err := web.Decode(c, &form); err != nil {
		if problems = web.Problems(err); problems == nil {
			return err
		}
	}
	in, typed := form.input(c, o, problems)
	if problems.Len() > 0 {
		return d.showDecide(c, id, typed, problems)
	}
	_, err = d.Checkout.DecideRefund(ctx, by(c), in)
	switch found := web.Problems(err); {
	case found != nil:
		return d.showDecide(c, id, typed, atParcels(found, in.Shipping))
	case conflict(err):
		return moved(c, orderAt(c), "refunds.decide.changed")
	case err != nil:
		return err
	}
	return web.Done(c, orderAt(c), "refunds.decide.done")
}

// atParcels puts what is wrong with shipping under the parcels it was asked for.
func atParcels(problems *errs.Fields, parcels []checkout.RefundShipping) *errs.Fields {
	placed := &errs.Fields{}
	for _, f := range problems.All() {
		if f.Name != "shipping" {
			placed.Add(f.Name, f.Key, f.Args...)
			continue
		}
		for _, p := range parcels {
			placed.Add("shipping-"+decimal(p.ParcelID), f.Key, f.Args...)
		}
	}
	return placed
}

// input reads the form; what is wrong with it goes into problems.
func (f decideForm) input(c echo.Context, o orders.Whole, problems *errs.Fields) (checkout.RefundInput, pages.DecideTyped) {
	in := checkout.RefundInput{OrderID: o.ID, RequestID: f.Request, FormToken: f.Token, Reason: f.Reason, Answer: f.Answer, ByHand: f.Away != ""}
	typed := pages.DecideTyped{Sent: true, Pieces: map[int64]int{}, Restock: map[int64]bool{}, Shipping: map[int64]string{},
		Reason: f.Reason, Answer: f.Answer, Away: f.Away != ""}
	for _, line := range f.Restock {
		typed.Restock[line] = true
	}
	for i, line := range f.Lines {
		if i >= len(f.Pieces) || f.Pieces[i] <= 0 {
			continue
		}
		pieces := int(f.Pieces[i])
		typed.Pieces[line] = pieces
		restock := 0
		if typed.Restock[line] {
			restock = pieces
		}
		in.Lines = append(in.Lines, checkout.RefundPiece{LineID: line, Quantity: pieces, Restock: restock})
	}
	for _, parcel := range f.Parcels {
		name := "shipping-" + decimal(parcel)
		typed.Shipping[parcel] = c.FormValue(name)
		if typed.Shipping[parcel] == "" {
			continue
		}
		amount, err := money.Parse(typed.Shipping[parcel], o.Currency)
		if err != nil {
			problems.Add(name, priceProblem(err))
			continue
		}
		in.Shipping = append(in.Shipping, checkout.RefundShipping{ParcelID: parcel, Amount: amount})
	}
	if f.Reason == "" {
		problems.Add("reason", "errors.required")
	}
	if len(in.Lines)+len(in.Shipping) == 0 && problems.Len() == 0 {
		problems.Add("lines", "refunds.decide.nothing")
	}
	return in, typed
}

type declineForm struct {
	Answer string `form:"refuse" max:"2000"`
}

// declineRequest answers a buyer that nothing goes back.
func (d *Desk) declineRequest(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	request, err := d.Payments.RequestByID(ctx, id)
	if err != nil {
		return err
	}
	order := ordersPath + "/" + decimal(request.OrderID)
	var form declineForm
	if err = web.Decode(c, &form); err == nil {
		err = d.Checkout.DeclineRequest(ctx, by(c), id, form.Answer)
	}
	if problems := web.Problems(err); problems != nil {
		return d.showDecide(c, request.OrderID, pages.DecideTyped{Refuse: form.Answer}, renamed(problems, "answer", "refuse"))
	}
	if conflict(err) {
		return moved(c, order, "refunds.decline.over")
	}
	if err != nil {
		return err
	}
	return web.Done(c, order, "refunds.decline.done")
}

// renamed gives what is wrong with a field the name it has on the page.
func renamed(problems *errs.Fields, from, to string) *errs.Fields {
	all := &errs.Fields{}
	for _, f := range problems.All() {
		if f.Name == from {
			f.Name = to
		}
		all.Add(f.Name, f.Key, f.Args...)
	}
	return all
}
