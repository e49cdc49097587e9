package standin

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/platform/paystand"
)

const brand = "Click"

func (s *Standin) routes() {
	s.mux.HandleFunc("GET /pay.css", paystand.Style)
	s.mux.HandleFunc("GET /services/pay", s.showPage)
	s.mux.HandleFunc("POST /services/pay", s.submitPage)
}

// pageOf is the page of a link; false when it says nothing that can be paid.
func (s *Standin) pageOf(r *http.Request) (paystand.Page, bool) {
	q := r.URL.Query()
	p := paystand.Page{Brand: brand, Lang: string(i18n.Match(r.Header.Get("Accept-Language"))), Merchant: s.cfg.Merchant, Style: "../pay.css"}
	amount, err := money.Parse(q.Get("amount"), money.UZS)
	if err != nil || amount.Sign() <= 0 || q.Get("service_id") != s.cfg.ServiceID || q.Get("transaction_param") == "" {
		return p, false
	}
	p.Order, p.Sum = q.Get("transaction_param"), amount
	if back := q.Get("return_url"); strings.HasPrefix(back, s.cfg.Shop) {
		p.Return = back
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

// submitPage does what the buyer's button says, and sends her back as Click
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
		_, err = s.Pay(ctx, r.URL.String())
	case "decline":
		if _, err = s.Decline(ctx, r.URL.String()); err == nil {
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

// problem tells a refusal; Click's notes are for machines, so the page has no
// better words than the number.
func (s *Standin) problem(p paystand.Page, err error) string {
	var refused *Refusal
	if errors.As(err, &refused) {
		return refused.Error()
	}
	s.cfg.Log.Error("stand-in for Click", "error", err)
	return p.Words().NoAnswer
}

func (s *Standin) render(w http.ResponseWriter, p paystand.Page, status int) {
	if err := p.Render(w, status); err != nil {
		s.cfg.Log.Error("stand-in for Click: page", "error", err)
	}
}
