package buy

import (
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"slices"

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
	Drop       string                  `form:"drop" max:"40"` // a kept photo she does not want to send after all
	Do         string                  `form:"do" max:"10"`   // anything: she only wants to see what would go back
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

// chosen are the pieces by line.
func (f askForm) chosen() map[int64]int {
	chosen := map[int64]int{}
	for i, line := range f.Lines {
		if i < len(f.Quantities) {
			chosen[line] = int(f.Quantities[i])
		}
	}
	return chosen
}

func (f askForm) typed(kept askPhotos) pages.AskTyped {
	typed := pages.AskTyped{Chosen: f.chosen(), Reason: string(f.Reason), Message: f.Message, Full: kept.full}
	for _, photo := range kept.list {
		typed.Photos = append(typed.Photos, picture(photo))
	}
	return typed
}

type totalForm struct {
	Lines      []int64 `form:"line"`
	Quantities []int64 `form:"quantity"`
}

// askTotal answers the script of the form: what would go back for what is
// chosen so far.
func (p *Buy) askTotal(c echo.Context) error {
	token, err := tokenOf(c)
	if err != nil {
		return err
	}
	overview, returns, err := p.returns(c.Request().Context(), token, web.Lang(c))
	if err != nil {
		return err
	}
	if !returns.CanAsk {
		return errs.E(errs.NotFound, "nothing of the order can be asked about")
	}
	var form totalForm
	if err := web.Decode(c, &form); err != nil {
		return errs.E(errs.NotFound, "not the pieces of an order", err)
	}
	chosen := askForm{Lines: form.Lines, Quantities: form.Quantities}.chosen()
	secret(c)
	return web.Render(c, http.StatusOK, pages.AskOutcome(pages.OutcomeOf(web.Base(c), overview.Whole, returns, chosen)))
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
	if form.Drop != "" || form.Do != "" {
		return p.askPage(c, form.typed(kept), web.Problems(problems.Err()))
	}
	if problems.Len() == 0 {
		err = p.Checkout.AskRefund(ctx, token, form.input(idsOf(kept.list)))
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
	if kept.full {
		return web.Done(c, orderURL(c), "returns.ask.done_full", "n", pages.MaxAskPhotos)
	}
	return web.Done(c, orderURL(c), "returns.ask.done")
}

// askPhotos are the photos of a form.
type askPhotos struct {
	list []photos.Photo
	full bool // there were more than we keep
}

// askPhotos keeps the photos of a form, as many as may come, and finds those of
// an earlier try.
func (p *Buy) askPhotos(ctx context.Context, orderID int64, form askForm, problems *errs.Fields) (askPhotos, error) {
	keys := slices.DeleteFunc(form.Kept, func(key string) bool { return key == form.Drop })
	list, err := p.Photos.Kept(ctx, orderID, keys[:min(len(keys), pages.MaxAskPhotos)])
	if err != nil {
		return askPhotos{}, err
	}
	kept := askPhotos{list: list}
	for _, file := range form.Photos {
		if file.Size == 0 {
			continue
		}
		if kept.full = len(kept.list) >= pages.MaxAskPhotos; kept.full {
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
			kept.list = append(kept.list, photo)
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
