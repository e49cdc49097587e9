package web

import "awil/internal/payouts"

// MoneyTo is the form of where a producer's money goes, hers and the desk's.
type MoneyTo struct {
	Kind     payouts.Kind `form:"kind" max:"10"`
	Holder   string       `form:"holder" max:"120"`
	BankCode string       `form:"bank_code" max:"12"`
	Number   string       `form:"number" max:"40"`
	HandedBy string       `form:"handed_by" max:"120"`
}

// Typed is what was filled in.
func (f MoneyTo) Typed() payouts.Typed {
	return payouts.Typed{Kind: f.Kind, Holder: f.Holder, BankCode: f.BankCode, Number: f.Number, HandedBy: f.HandedBy}
}
