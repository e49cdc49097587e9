package studio

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/web"
	pages "awil/templates/studio"
)

// job is one of her parcels; anybody else's is a 404.
func (s *Studio) job(c echo.Context) (catalog.Maker, orders.Job, error) {
	by, err := s.maker(c)
	if err != nil {
		return by, orders.Job{}, err
	}
	parcelID, err := id(c, "parcel")
	if err != nil {
		return by, orders.Job{}, err
	}
	j, err := s.Orders.Job(c.Request().Context(), by.ProducerID, parcelID)
	return by, j, err
}

// programme is who runs the hub; a programme not set up yet has no name.
func (s *Studio) programme(c echo.Context) (markets.Programme, error) {
	p, err := s.Markets.Programme(c.Request().Context())
	if errors.Is(err, errs.NotFound) {
		return markets.Programme{}, nil
	}
	return p, err
}

func hub(p markets.Programme) pages.Hub {
	h := pages.Hub{Programme: p.Name}
	for line := range strings.Lines(p.HubAddress) {
		h.Address = append(h.Address, strings.TrimSpace(line))
	}
	return h
}

// parcel shows what to pack and where to send it.
func (s *Studio) parcel(c echo.Context) error {
	by, j, err := s.job(c)
	if err != nil {
		return err
	}
	return s.parcelPage(c, by, j, nil, nil)
}

func (s *Studio) parcelPage(c echo.Context, by catalog.Maker, j orders.Job, form *shipForm, problems *errs.Fields) error {
	ctx := c.Request().Context()
	producer, err := s.Producers.ByID(ctx, web.Lang(c), by.ProducerID)
	if err != nil {
		return err
	}
	programme, err := s.programme(c)
	if err != nil {
		return err
	}
	p := pages.Parcel{Frame: frame(c, j.Label()), Job: j, Zone: zone(producer.Country), Hub: hub(programme),
		Contact: programme.ContactEmail}
	p.Top.Back, p.Top.BackLabel, p.Top.Title = "/studio/orders", p.T("studio.orders.title"), producer.Name
	p.Problems = problems
	p.Form = pages.ShipForm{Carrier: postOf(producer.Country)}
	if form != nil {
		p.Form = pages.ShipForm{Carrier: form.Carrier, Other: form.Other, Tracking: form.Tracking}
	}
	if err := s.fillEarned(ctx, &p, by.ProducerID); err != nil {
		return err
	}
	if p.Photos, err = s.photosOf(ctx, jobPhotos([]orders.Job{j})...); err != nil {
		return err
	}
	return web.Render(c, web.FormStatus(problems), pages.ParcelPage(p))
}

// fillEarned says what is hers of the parcel, and of what it is made up: by the
// books once it was paid for, and before by what was agreed.
func (s *Studio) fillEarned(ctx context.Context, p *pages.Parcel, producerID int64) (err error) {
	j := p.Job
	booked, err := s.Payouts.OfParcel(ctx, producerID, j.ParcelID)
	if err != nil {
		return err
	}
	if p.Earned, err = j.Earned(); err != nil {
		return err
	}
	p.Gone = booked.Gone
	if booked.Booked() {
		p.Earned, p.Back = booked.Hers(), booked.Back
	}
	if p.ForGoods, err = j.ForGoods(); err != nil {
		return err
	}
	if p.ForSending, err = j.ForSending(); err != nil {
		return err
	}
	p.Share, p.ShareKnown, err = j.Share()
	return err
}

// postOf is the carrier most parcels of a country go by.
func postOf(country string) string {
	if country == "KG" {
		return "kyrgyzpost"
	}
	return "uzpost"
}

// packed says that the parcel is closed.
func (s *Studio) packed(c echo.Context) error {
	by, j, err := s.job(c)
	if err != nil {
		return err
	}
	err = s.Orders.MarkPacked(c.Request().Context(), by.ProducerID, by.AccountID, j.ParcelID)
	return s.moved(c, j, err, "studio.parcel.packed_done")
}

// moved answers a step of a parcel. One that cannot be taken any more, because
// the order was cancelled meanwhile, shows how the parcel stands.
func (s *Studio) moved(c echo.Context, j orders.Job, err error, key string) error {
	switch {
	case errors.Is(err, errs.Conflict):
		web.SetFlash(c, false, "studio.parcel.moved_on")
		return web.Redirect(c, pages.ParcelURL(j.ParcelID))
	case err != nil:
		return err
	}
	return web.Done(c, pages.ParcelURL(j.ParcelID), key)
}

type shipForm struct {
	Carrier  string `form:"carrier" max:"60"`
	Other    string `form:"carrier_other" max:"60"`
	Tracking string `form:"tracking" max:"60"`
}

// otherCarrier is the choice of a carrier that has to be named.
const otherCarrier = "other"

func (form shipForm) carrier() string {
	if form.Carrier == otherCarrier {
		return form.Other
	}
	return form.Carrier
}

// shipped says that a carrier has the parcel.
func (s *Studio) shipped(c echo.Context) error {
	by, j, err := s.job(c)
	if err != nil {
		return err
	}
	var form shipForm
	if err = web.Decode(c, &form); err == nil {
		err = form.check()
	}
	if err == nil {
		err = s.Orders.MarkShipped(c.Request().Context(), by.ProducerID, by.AccountID, j.ParcelID, form.carrier(), form.Tracking)
	}
	if problems := web.Problems(err); problems != nil {
		return s.parcelPage(c, by, j, &form, problems)
	}
	return s.moved(c, j, err, "studio.parcel.shipped_done")
}

// check asks for the name of a carrier that is none of the known ones.
func (form shipForm) check() error {
	var problems errs.Fields
	if form.Carrier == "" {
		problems.Add("carrier", "errors.choose")
	} else if form.carrier() == "" {
		problems.Add("carrier", "studio.parcel.carrier_missing")
	}
	return problems.Err()
}

// hasCash says that she took the cash at the door herself.
func (s *Studio) hasCash(c echo.Context) error {
	by, j, err := s.job(c)
	if err != nil {
		return err
	}
	_, err = s.Checkout.CashCollectedByProducer(c.Request().Context(), by.ProducerID, by.AccountID, j.ParcelID)
	return s.moved(c, j, err, "studio.parcel.has_cash_done")
}

// slip is one sheet to print. Of a parcel that goes nowhere there is none.
func (s *Studio) slip(c echo.Context) error {
	by, j, err := s.job(c)
	if err != nil {
		return err
	}
	if pages.Over(j) {
		return web.Redirect(c, pages.ParcelURL(j.ParcelID))
	}
	booked, err := s.Payouts.OfParcel(c.Request().Context(), by.ProducerID, j.ParcelID)
	if err != nil {
		return err
	}
	j.Lines = pages.Remaining(j.Lines, booked.Gone)
	producer, err := s.Producers.ByID(c.Request().Context(), web.Lang(c), by.ProducerID)
	if err != nil {
		return err
	}
	programme, err := s.programme(c)
	if err != nil {
		return err
	}
	p := pages.Slip{Frame: frame(c, j.Label()), Job: j, Zone: zone(producer.Country),
		Producer: producer.Name, Village: producer.VillageName, Hub: hub(programme)}
	p.Top.Back, p.Top.BackLabel, p.Top.Title = pages.ParcelURL(j.ParcelID), p.T("studio.back"), j.Label()
	return web.Render(c, http.StatusOK, pages.SlipPage(p))
}
