package standin

import (
	"context"
	_ "embed"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"awil/internal/i18n"
	"awil/internal/platform/stripe"
)

//go:embed page.html
var pageHTML string

//go:embed pay.css
var pageCSS []byte

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// payPage is what the pay page shows.
type payPage struct {
	Words    words
	Lang     string
	Merchant string
	Amount   string
	Email    string
	Lines    []pageLine
	Number   string
	Cards    []testCard
	Problem  string // why the last card was refused
	Status   string // of the session; empty: there is none
	Later    bool   // it can be paid at a counter
	Slip     bool   // it waits to be paid there
	Lapsed   bool   // it was not
	Success  string
	Cancel   string
}

type pageLine struct {
	Name     string
	Quantity int64
	Amount   string
}

type testCard struct{ Number, Does string }

func (s *Standin) showPage(w http.ResponseWriter, r *http.Request) {
	p, ok := s.pageOf(r.PathValue("id"))
	status := http.StatusOK
	if !ok {
		lang := string(i18n.Match(r.Header.Get("Accept-Language")))
		p, status = payPage{Words: wordsFor(lang), Lang: wordsFor(lang).lang, Merchant: s.cfg.Merchant}, http.StatusNotFound
	}
	s.render(w, p, status)
}

func (s *Standin) pageOf(id string) (payPage, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expireDue()
	r, ok := s.state.Sessions[id]
	if !ok {
		return payPage{}, false
	}
	lang := "en"
	if r.Session.Locale != nil {
		lang = *r.Session.Locale
	}
	text := wordsFor(lang)
	amount := func(units int64) string { return formatted(units, r.Session.Currency, text.lang) }
	p := payPage{
		Words: text, Lang: text.lang, Merchant: s.cfg.Merchant,
		Amount: amount(r.Session.AmountTotal),
		Number: grouped(CardGood), Cards: text.cards(),
		Status: r.Session.Status, Success: successURL(r), Cancel: cancelURL(r),
	}
	if r.Session.CustomerEmail != nil {
		p.Email = *r.Session.CustomerEmail
	}
	for _, l := range r.Lines {
		p.Lines = append(p.Lines, pageLine{Name: l.Name, Quantity: l.Quantity, Amount: amount(l.UnitAmount * l.Quantity)})
	}
	if pi := r.Session.PaymentIntent; pi != nil {
		i := s.state.Intents[*pi]
		if i.LastPaymentError != nil {
			p.Problem = text.refusal(*i.LastPaymentError)
		}
		p.Slip = i.Status == "requires_action"
		p.Lapsed = r.Session.Status == sessionComplete && i.Status == "requires_payment_method"
	}
	p.Later = slices.Contains(r.Session.PaymentMethodTypes, konbini)
	return p, true
}

// submitPage does what the buyer's button says. After a refusal she is sent
// to the page anew, which shows it; reloading then pays nothing twice.
func (s *Standin) submitPage(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	p, ok := s.pageOf(id)
	if !ok {
		s.showPage(w, r)
		return
	}
	here := "./" + url.PathEscape(id)
	switch r.PostFormValue("action") {
	case "abandon":
		http.Redirect(w, r, p.Cancel, http.StatusSeeOther)
	case "decline":
		s.payAndReturn(w, r, id, CardDeclined, p.Success, here)
	case "pay":
		s.payAndReturn(w, r, id, r.PostFormValue("number"), p.Success, here)
	case "later":
		s.after(w, r, id, s.PayLater(id), p.Success, here)
	case "counter":
		s.after(w, r, id, s.SlipPaid(id), p.Success, here)
	case "lapse":
		s.after(w, r, id, s.SlipLapsed(id), p.Cancel, here)
	default:
		redirectHere(w, here)
	}
}

func (s *Standin) payAndReturn(w http.ResponseWriter, r *http.Request, id, number, success, here string) {
	s.after(w, r, id, s.Pay(id, number), success, here)
}

// after sends the buyer on when what she did went well, else back to the page.
func (s *Standin) after(w http.ResponseWriter, r *http.Request, id string, err error, onward, here string) {
	if err != nil {
		if !errors.Is(err, ErrDeclined) && !errors.Is(err, ErrNotOpen) {
			s.cfg.Log.Error("stripe stand-in: pay page", "error", err)
		}
		redirectHere(w, here)
		return
	}
	s.awaitWebhooks(context.WithoutCancel(r.Context()), id)
	http.Redirect(w, r, onward, http.StatusSeeOther)
}

// redirectHere sends a relative Location as it is: http.Redirect would make
// it absolute and lose the prefix the stand-in may be mounted under.
func redirectHere(w http.ResponseWriter, here string) {
	w.Header().Set("Location", here)
	w.WriteHeader(http.StatusSeeOther)
}

func (s *Standin) render(w http.ResponseWriter, p payPage, status int) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Referrer-Policy", "same-origin")
	// A form may only lead to the shop, which a redirect counts as.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' "+
		origin(p.Success)+" "+origin(p.Cancel))
	w.WriteHeader(status)
	if err := pageTemplate.Execute(w, p); err != nil {
		s.cfg.Log.Error("stripe stand-in: pay page", "error", err)
	}
}

func (s *Standin) style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=300")
	_, _ = w.Write(pageCSS) // a browser that hung up needs no style
}

// successURL fills in the one placeholder Stripe knows.
func successURL(r *record) string {
	return strings.ReplaceAll(r.Session.SuccessURL, "{CHECKOUT_SESSION_ID}", r.Session.ID)
}

func cancelURL(r *record) string {
	if r.Session.CancelURL == nil {
		return r.Session.SuccessURL
	}
	return *r.Session.CancelURL
}

func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// formatted writes an amount for people; Stripe's units say nothing by
// themselves, so they become money first.
func formatted(units int64, currency, lang string) string {
	a, err := stripe.Amount(units, currency)
	if err != nil {
		return currency
	}
	return i18n.For(i18n.Lang(lang)).Money(a)
}

func grouped(number string) string {
	return number[:4] + " " + number[4:8] + " " + number[8:12] + " " + number[12:]
}
