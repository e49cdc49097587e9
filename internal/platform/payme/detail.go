package payme

import (
	"awil/internal/money"
	"awil/internal/payments"
)

// detail is what the tax receipt lists, with sums in tiyin.
type detail struct {
	ReceiptType int       `json:"receipt_type"` // 0: a sale
	Shipping    *shipping `json:"shipping,omitempty"`
	Items       []item    `json:"items"`
}

type shipping struct {
	Title string `json:"title"`
	Price int64  `json:"price"`
}

type item struct {
	Title       string `json:"title"`
	Price       int64  `json:"price"`
	Count       int64  `json:"count"`
	Code        string `json:"code"`
	VATPercent  int    `json:"vat_percent"`
	PackageCode string `json:"package_code"`
}

// detailOf is the receipt of a bill; nil unless every product has its codes
// and the lines come to exactly the sum: a wrong receipt is worse than none.
func detailOf(b payments.Bill) *detail {
	d := &detail{}
	sum := money.New(0, b.Amount.Currency)
	for _, l := range b.Lines {
		total, err := l.Unit.Mul(l.Quantity)
		if err == nil {
			sum, err = sum.Add(total)
		}
		if err != nil || l.Code == "" || l.PackageCode == "" {
			return nil
		}
		d.Items = append(d.Items, item{Title: l.Title, Price: l.Unit.Minor, Count: l.Quantity,
			Code: l.Code, VATPercent: l.VATPercent, PackageCode: l.PackageCode})
	}
	if b.Shipping.Unit.Minor != 0 {
		d.Shipping = &shipping{Title: b.Shipping.Title, Price: b.Shipping.Unit.Minor}
		var err error
		if sum, err = sum.Add(b.Shipping.Unit); err != nil {
			return nil
		}
	}
	if sum != b.Amount || len(d.Items) == 0 {
		return nil
	}
	return d
}
