package standin

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/platform/payme"
	"awil/internal/platform/paystand"
)

const brand = "Payme"

func (s *Standin) routes() {
	s.mux.HandleFunc("GET /pay.css", paystand.Style)
	s.mux.HandleFunc("GET /cabinet", s.showCabinet)
	s.mux.HandleFunc("POST /cabinet", s.submitCabinet)
	s.mux.HandleFunc("GET /{link...}", s.showPage)
	s.mux.HandleFunc("POST /{link...}", s.submitPage)
}

// lastPart is a link without the address it leads to.
func lastPart(link string) string {
	i := strings.LastIndex(link, "/bT") // base64 of "m="; see payme.Link
	if i < 0 {
		return link
	}
	return link[i+1:]
}

// pageOf is the page of a link; false when it says nothing that can be paid.
func (s *Standin) pageOf(r *http.Request) (paystand.Page, bool) {
	text := r.PathValue("link")
	p := paystand.Page{Brand: brand, Lang: string(i18n.Match(r.Header.Get("Accept-Language"))), Merchant: s.cfg.Merchant,
		Style: strings.Repeat("../", strings.Count(text, "/")) + "pay.css"}
	l, err := payme.ParseLink(text)
	if err != nil || l.Merchant != s.cfg.MerchantID || l.Order == "" || l.Amount.Sign() <= 0 {
		return p, false
	}
	p.Order, p.Sum = l.Order, l.Amount
	if l.Lang != "" {
		p.Lang = l.Lang
	}
	if strings.HasPrefix(l.Return, s.cfg.Shop) {
		p.Return = l.Return
	}
	return p, true
}

func (s *Standin) showPage(w http.ResponseWriter, r *http.Request) {
	p, known := s.pageOf(r)
	if !known {
		s.render(w, p, http.StatusNotFound)
		return
	}
	s.render(w, p, http.StatusOK)
}

// submitPage does what the buyer's button says, and sends her back as Payme
// does, paid or not. What was refused is shown on the page.
func (s *Standin) submitPage(w http.ResponseWriter, r *http.Request) {
	p, known := s.pageOf(r)
	if !known {
		s.render(w, p, http.StatusNotFound)
		return
	}
	ctx := context.WithoutCancel(r.Context()) // once begun it is done, whether or not she waits for it
	var err error
	switch r.PostFormValue("action") {
	case "pay":
		_, err = s.Pay(ctx, r.PathValue("link"))
	case "decline":
		if _, err = s.Decline(ctx, r.PathValue("link")); err == nil {
			p.Problem = p.Words().Declined
		}
	}
	if err != nil {
		p.Problem = s.problem(p, err)
	}
	if p.Problem != "" {
		s.render(w, p, http.StatusOK)
		return
	}
	back := p.Return
	if back == "" {
		back = s.cfg.Shop
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

func (s *Standin) problem(p paystand.Page, err error) string {
	var refused *Refusal
	if errors.As(err, &refused) && refused.Message[p.Words().Lang] != "" {
		return refused.Message[p.Words().Lang]
	}
	s.cfg.Log.Error("stand-in for Payme", "error", err)
	return p.Words().NoAnswer
}

func (s *Standin) render(w http.ResponseWriter, p paystand.Page, status int) {
	if err := p.Render(w, status); err != nil {
		s.cfg.Log.Error("stand-in for Payme: page", "error", err)
	}
}

// stated is a transaction as GetStatement lists it.
type stated struct {
	ID      string
	Time    int64
	Amount  int64
	Account Account
	State   int
}

// shownFor is how far back the cabinet looks.
const shownFor = 30 * 24 * time.Hour

// States of transactions as the protocol numbers them.
const (
	created   = 1
	performed = 2
	cancelled = -1
	reversed  = -2
)

func (s *Standin) showCabinet(w http.ResponseWriter, r *http.Request) { s.cabinet(w, r, nil) }

// submitCabinet gives a buyer's money back.
func (s *Standin) submitCabinet(w http.ResponseWriter, r *http.Request) {
	if err := s.Cancel(r.Context(), r.PostFormValue("id"), ReasonRefund); err != nil {
		s.cabinet(w, r, err)
		return
	}
	w.Header().Set("Location", "./cabinet") // as it is: the stand-in may be mounted under a prefix
	w.WriteHeader(http.StatusSeeOther)
}

func (s *Standin) cabinet(w http.ResponseWriter, r *http.Request, failed error) {
	p := paystand.Page{Brand: brand, Lang: string(i18n.Match(r.Header.Get("Accept-Language"))), Merchant: s.cfg.Merchant,
		Style: "pay.css", Cabinet: true}
	now := s.cfg.Now()
	var list struct{ Transactions []stated }
	err := s.Call(r.Context(), "GetStatement", map[string]any{"from": now.Add(-shownFor).UnixMilli(), "to": now.Add(time.Minute).UnixMilli()}, &list)
	status := http.StatusOK
	if err = errors.Join(failed, err); err != nil {
		p.Problem, status = s.problem(p, err), http.StatusUnprocessableEntity
	}
	l := i18n.For(i18n.Lang(p.Words().Lang))
	for i := len(list.Transactions) - 1; i >= 0; i-- { // the latest first
		t := list.Transactions[i]
		p.Rows = append(p.Rows, paystand.Row{ID: t.ID, Order: t.Account.OrderID, Amount: l.Money(money.New(t.Amount, money.UZS)),
			At: l.DateTime(time.UnixMilli(t.Time)), State: stateWord(p.Words(), t.State), CanCancel: t.State == performed})
	}
	s.render(w, p, status)
}

func stateWord(t paystand.Words, state int) string {
	switch state {
	case created:
		return t.Created
	case performed:
		return t.Performed
	case cancelled:
		return t.Cancelled
	case reversed:
		return t.Reversed
	}
	return ""
}
