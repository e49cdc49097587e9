package checkout

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/accounts"
	"awil/internal/errs"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/platform/postgres"
)

// FiscalCode is what a product is called in Uzbekistan's national catalogue,
// for the receipts the law asks for.
type FiscalCode struct {
	ProductID   int64
	Code        string // IKPU (MXIK), 17 digits
	PackageCode string // of the unit it is sold in
	VATPercent  int    // 0 or 12
	Source      string // where staff looked it up
	AccountID   int64  // who entered it
	EnteredAt   time.Time
}

const sqlFiscalCodes = `/* checkout.fiscal_codes */
select product_id, code, package_code, vat_percent, source, account_id, entered_at from fiscal_codes where product_id = any ($1)`

func (s *Service) fiscalCodes(ctx context.Context, products []int64) (map[int64]FiscalCode, error) {
	rows, err := s.DB.Query(ctx, sqlFiscalCodes, products)
	if err != nil {
		return nil, postgres.Err(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[FiscalCode])
	byProduct := make(map[int64]FiscalCode, len(list))
	for _, c := range list {
		byProduct[c.ProductID] = c
	}
	return byProduct, postgres.Err(err)
}

// FiscalCode returns a product's codes, or errs.NotFound.
func (s *Service) FiscalCode(ctx context.Context, productID int64) (FiscalCode, error) {
	codes, err := s.fiscalCodes(ctx, []int64{productID})
	if err != nil {
		return FiscalCode{}, err
	}
	c, known := codes[productID]
	if !known {
		return c, errs.E(errs.NotFound, "no fiscal code of this product")
	}
	return c, nil
}

const sqlSetFiscalCode = `/* checkout.set_fiscal_code */
insert into fiscal_codes (product_id, code, package_code, vat_percent, source, account_id, entered_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (product_id) do update set code = excluded.code, package_code = excluded.package_code,
    vat_percent = excluded.vat_percent, source = excluded.source, account_id = excluded.account_id, entered_at = excluded.entered_at`

var (
	fiscalCode  = regexp.MustCompile(`^[0-9]{17}$`)
	packageCode = regexp.MustCompile(`^[0-9]{1,20}$`)
)

// The rates of value added tax in Uzbekistan, in percent.
const (
	vatNone     = 0
	vatOrdinary = 12
)

// SetFiscalCode enters a product's codes for staff, whoever calls having made
// sure that the account may. What is wrong comes back as *errs.Fields.
func (s *Service) SetFiscalCode(ctx context.Context, accountID int64, c FiscalCode) error {
	c.Code, c.PackageCode, c.Source = strings.TrimSpace(c.Code), strings.TrimSpace(c.PackageCode), strings.TrimSpace(c.Source)
	var bad errs.Fields
	if !fiscalCode.MatchString(c.Code) {
		bad.Add("ikpu", "desk.fiscal.bad_code")
	}
	if !packageCode.MatchString(c.PackageCode) {
		bad.Add("package", "desk.fiscal.bad_package")
	}
	if c.VATPercent != vatNone && c.VATPercent != vatOrdinary {
		bad.Add("vat", "desk.fiscal.bad_vat")
	}
	if c.Source == "" {
		bad.Add("source", "desk.fiscal.bad_source")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return s.inTx(ctx, func(p parts) error {
		_, err := p.tx.Exec(ctx, sqlSetFiscalCode, c.ProductID, c.Code, c.PackageCode, c.VATPercent, c.Source, accountID, s.now())
		if err != nil {
			return postgres.Err(err)
		}
		return accounts.Audit(ctx, p.tx, accounts.Event{
			AccountID: accountID, Action: "product.fiscal_set", SubjectKind: "product", SubjectID: c.ProductID,
			Detail: map[string]any{"code": c.Code, "package": c.PackageCode, "vat": c.VATPercent, "source": c.Source},
		})
	})
}

// bill is what a provider is told of an order that can be paid.
func (s *Service) bill(ctx context.Context, o orders.Whole) (payments.Bill, error) {
	b := payments.Bill{Reference: o.Reference, Amount: o.Total(),
		Shipping: payments.BillLine{Title: o.ShippingName, Unit: o.Shipping(), Quantity: 1}}
	products := make([]int64, len(o.Lines))
	for i, l := range o.Lines {
		products[i] = l.ProductID
	}
	codes, err := s.fiscalCodes(ctx, products)
	if err != nil {
		return b, err
	}
	titles := items(o)
	for i, l := range o.Lines {
		code := codes[l.ProductID]
		b.Lines = append(b.Lines, payments.BillLine{Title: titles[i].Name, Unit: l.Unit(), Quantity: int64(l.Quantity),
			Code: code.Code, PackageCode: code.PackageCode, VATPercent: code.VATPercent})
	}
	return b, nil
}
