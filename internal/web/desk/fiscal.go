package desk

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"

	"awil/internal/checkout"
	"awil/internal/errs"
	"awil/internal/web"
	pages "awil/templates/desk"
)

// fiscalOf reads a product's codes for receipts; one that has none yet has empty inputs.
func (d *Desk) fiscalOf(ctx context.Context, productID int64) (pages.Fiscal, error) {
	c, err := d.Checkout.FiscalCode(ctx, productID)
	if err != nil && errs.KindOf(err) == errs.NotFound {
		return pages.Fiscal{}, nil
	}
	return pages.Fiscal{Code: c.Code, Package: c.PackageCode, VAT: c.VATPercent, Source: c.Source}, err
}

func (d *Desk) saveFiscal(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	var form pages.Fiscal
	if err = web.Decode(c, &form); err == nil {
		err = d.Checkout.SetFiscalCode(c.Request().Context(), by(c), checkout.FiscalCode{ProductID: id,
			Code: strings.Join(strings.Fields(form.Code), ""), PackageCode: form.Package, VATPercent: form.VAT, Source: form.Source})
	}
	if problems := web.Problems(err); problems != nil {
		return d.show(c, "", problems, func(l *pages.Listing) { l.Fiscal = form })
	}
	if err != nil {
		return err
	}
	return web.Done(c, at(c, "")+"#fiscal", "desk.fiscal.saved")
}
