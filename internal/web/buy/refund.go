package buy

import (
	"context"
	"errors"
	"mime/multipart"

	"github.com/labstack/echo/v4"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/payments"
	"awil/internal/photos"
	"awil/internal/web"
	pages "awil/templates/buy"
)

const (
	// askBytes is the largest form with photos, with room above one photo's own limit so that its check can say so.
	askBytes = 3 * photos.MaxBytes
	// asksPerMinute lets an honest buyer try again; whoever floods us with pictures is slowed.
	asksPerMinute = 30
)

// ask shows the form.
func (p *Buy) ask(c echo.Context) error { return p.askPage(c, pages.AskTyped{}, nil) }

func (p *Buy) askPage(c echo.Context, typed pages.AskTyped, problems *errs.Fields) error {
	token, err := tokenOf(c)
	if err != nil {
		return err
	}
	b, ctx := web.Base(c), c.Request().Context()
	overview, returns, err := p.returns(ctx, token, b.Lang())
	if err != nil {
		return err
	}
	if !returns.CanAsk {
		return p.cannotAsk(c, returns)
	}
	b.Title, b.Problems = b.T("returns.ask.title"), problems
	b.Robots, b.Referrer = "noindex, nofollow", "same-origin"
	page := pages.AskPage{Base: b, Whole: overview, Returns: returns, Typed: typed}
	if page.Pictures, err = p.pictures(ctx, b.Lang(), photosOfOrder(overview.Lines)); err != nil {
		return err
	}
	secret(c)
	return web.Render(c, web.FormStatus(problems), pages.Ask(page))
}

// returns reads the order of a private link and what of it can go back.
func (p *Buy) returns(ctx context.Context, token string, lang i18n.Lang) (checkout.Overview, checkout.Returns, error) {
	overview, err := p.Checkout.ByToken(ctx, token, lang)
	if err != nil {
		return overview, checkout.Returns{}, err
	}
	returns, err := p.Checkout.Returns(ctx, overview.Order)
	return overview, returns, err
}

// cannotAsk goes back to the order with the reason.
func (p *Buy) cannotAsk(c echo.Context, returns checkout.Returns) error {
	key := "returns.ask.closed"
	for _, r := range returns.Requests {
		if r.Open() {
			key = "returns.ask.open_already"
		}
	}
	web.SetFlash(c, false, key)
	return web.Redirect(c, orderURL(c))
}

type askForm struct {
	Lines      []int64                 `form:"line"`
	Quantities []int64                 `form:"quantity"`
	Reason     payments.RequestReason  `form:"reason" max:"20"`
	Message    string                  `form:"message" max:"2000"`
	Kept       []string                `form:"kept" max:"40"`
	Photos     []*multipart.FileHeader `form:"photo"`
}

func (f askForm) input(photoIDs []int64) checkout.AskInput {
	in := checkout.AskInput{Reason: f.Reason, Message: f.Message, PhotoIDs: photoIDs}
	for i, line := range f.Lines {
		if i < len(f.Quantities) && f.Quantities[i] > 0 {
			in.Lines = append(in.Lines, checkout.AskLine{LineID: line, Quantity: int(f.Quantities[i])})
		}
	}
	return in
}

func (f askForm) typed(kept []photos.Photo) pages.AskTyped {
	typed := pages.AskTyped{Chosen: map[int64]int{}, Reason: string(f.Reason), Message: f.Message}
	for i, line := range f.Lines {
		if i < len(f.Quantities) {
			typed.Chosen[line] = int(f.Quantities[i])
		}
	}
	for _, photo := range kept {
		typed.Photos = append(typed.Photos, photo.Key)
	}
	return typed
}

// askFor sends what the buyer tells to the programme.
func (p *Buy) askFor(c echo.Context) error {
	token, err := tokenOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	overview, returns, err := p.returns(ctx, token, web.Lang(c))
	if err != nil {
		return err
	}
	if !returns.CanAsk {
		return p.cannotAsk(c, returns) // before a stranger's pictures are decoded for nothing
	}
	var form askForm
	problems := &errs.Fields{}
	err = web.Decode(c, &form)
	switch {
	case errors.Is(err, errs.TooLarge):
		problems.Add("photo", (&photos.Rejected{Reason: photos.TooLarge}).MessageKey(), (&photos.Rejected{Reason: photos.TooLarge}).MessageArgs()...)
	case web.Problems(err) != nil:
		problems = web.Problems(err)
	case err != nil:
		return err
	}
	kept, err := p.askPhotos(ctx, overview.ID, form, problems)
	if err != nil {
		return err
	}
	if problems.Len() == 0 {
		err = p.Checkout.AskRefund(ctx, token, form.input(idsOf(kept)))
		if found := web.Problems(err); found != nil {
			problems, err = found, nil
		}
	}
	switch {
	case problems.Len() > 0:
		return p.askPage(c, form.typed(kept), problems)
	case errors.Is(err, checkout.ErrAskedAlready):
		web.SetFlash(c, false, "returns.ask.open_already")
		return web.Redirect(c, orderURL(c))
	case err != nil && errs.KindOf(err) == errs.Conflict:
		web.SetFlash(c, false, "returns.ask.closed")
		return web.Redirect(c, orderURL(c))
	case err != nil:
		return err
	}
	return web.Done(c, orderURL(c), "returns.ask.done")
}

// askPhotos keeps the photos of a form and finds those of an earlier try.
func (p *Buy) askPhotos(ctx context.Context, orderID int64, form askForm, problems *errs.Fields) ([]photos.Photo, error) {
	kept, err := p.Photos.Kept(ctx, orderID, form.Kept[:min(len(form.Kept), pages.MaxAskPhotos)])
	if err != nil {
		return nil, err
	}
	for _, file := range form.Photos {
		if file.Size == 0 {
			continue
		}
		if len(kept) >= pages.MaxAskPhotos {
			problems.Add("photo", "errors.photos_full")
			break
		}
		photo, err := p.takePhoto(ctx, orderID, file)
		var rejected *photos.Rejected
		switch {
		case errors.As(err, &rejected):
			problems.Add("photo", rejected.MessageKey(), rejected.MessageArgs()...)
		case err != nil:
			return kept, err
		default:
			kept = append(kept, photo)
		}
	}
	return kept, nil
}

func (p *Buy) takePhoto(ctx context.Context, orderID int64, file *multipart.FileHeader) (photos.Photo, error) {
	f, err := file.Open()
	if err != nil {
		return photos.Photo{}, errs.E(errs.Internal, "open upload", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	return p.Photos.Upload(ctx, photos.Owner{OrderID: orderID}, f, file.Size)
}

func idsOf(list []photos.Photo) []int64 {
	ids := make([]int64, len(list))
	for i, photo := range list {
		ids[i] = photo.ID
	}
	return ids
}

// withdraw takes back what was asked.
func (p *Buy) withdraw(c echo.Context) error {
	token, err := tokenOf(c)
	if err != nil {
		return err
	}
	err = p.Checkout.WithdrawRequest(c.Request().Context(), token)
	if err != nil && errs.KindOf(err) == errs.Conflict {
		return web.Redirect(c, orderURL(c)) // it has been answered meanwhile: the page says how
	}
	if err != nil {
		return err
	}
	return web.Done(c, orderURL(c), "returns.request.withdraw_done")
}
