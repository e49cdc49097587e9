package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"awil/internal/payments"
	"awil/internal/platform/click"
	clickstandin "awil/internal/platform/click/standin"
	"awil/internal/platform/payme"
	paymestandin "awil/internal/platform/payme/standin"
	"awil/internal/web"
	"awil/internal/webhook"
)

// Where the demo's stand-ins are mounted in the shop's own address.
const (
	paymeStandinPath = "/demo/payme"
	clickStandinPath = "/demo/click"
)

// local are the providers of Uzbekistan, who call us: Payme and Click, their stand-ins in a demo without keys, or nobody.
type local struct {
	payme *payme.Config // nil: not offered
	click *click.Config
	// Whatever answers their calls, once there is somebody to do what they ask.
	paymeServer, clickServer payments.Answerer
	standins                 map[string]http.Handler // by where they are mounted
}

// openLocal decides by keys and flags, as openCard does.
func openLocal(c Config, o serveOptions, listener net.Listener, log *slog.Logger) (*local, error) {
	l := &local{standins: map[string]http.Handler{}}
	allow, err := prefixes(c.PaymeAddresses)
	if err != nil {
		return nil, fmt.Errorf("PAYME_ADDRESSES: %w", err)
	}
	if c.PaymeKey != "" {
		l.payme = &payme.Config{MerchantID: c.PaymeMerchantID, Key: c.PaymeKey, Login: c.PaymeLogin, Checkout: c.PaymeCheckoutURL,
			Allow: allow, Now: time.Now, Log: log}
	}
	if c.ClickSecretKey != "" {
		l.click = &click.Config{ServiceID: c.ClickServiceID, MerchantID: c.ClickMerchantID, SecretKey: c.ClickSecretKey,
			PayURL: c.ClickPayURL, Now: time.Now, Log: log}
	}
	if !o.demo || listener == nil {
		return l, nil
	}
	return l, l.standIn(c, listener, log)
}

// standIn opens the stand-ins of those without keys.
func (l *local) standIn(c Config, listener net.Listener, log *slog.Logger) error {
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return fmt.Errorf("stand-ins for Payme and Click: %w", err)
	}
	self := "http://" + net.JoinHostPort("127.0.0.1", port)
	signing, err := secret(c)
	if err != nil {
		return err
	}
	if l.payme == nil {
		key := derived(signing, "stand-in for Payme")
		s, err := paymestandin.New(paymestandin.Config{Endpoint: self + "/webhooks/payme", Login: payme.DefaultLogin, Key: key,
			MerchantID: demoMerchant, Merchant: "Awıl", Shop: c.BaseURL + "/", Now: time.Now, Log: log})
		if err != nil {
			return err
		}
		l.payme = &payme.Config{MerchantID: demoMerchant, Key: key, Checkout: c.BaseURL + paymeStandinPath, Now: time.Now, Log: log}
		l.standins[paymeStandinPath] = s
	}
	if l.click == nil {
		key := derived(signing, "stand-in for Click")
		s, err := clickstandin.New(clickstandin.Config{Endpoint: self + "/webhooks/click", ServiceID: demoService, SecretKey: key,
			Merchant: "Awıl", Shop: c.BaseURL + "/", Now: time.Now, Log: log})
		if err != nil {
			return err
		}
		l.click = &click.Config{ServiceID: demoService, MerchantID: demoService, SecretKey: key,
			PayURL: c.BaseURL + clickStandinPath + "/services/pay", Now: time.Now, Log: log}
		l.standins[clickStandinPath] = s
	}
	return nil
}

// What the stand-ins call the demo's merchant.
const (
	demoMerchant = "587f72c72cac0d162c722ae2"
	demoService  = "12345"
)

// gateways lists who takes money through them; attempts is our own store of what they have told us.
func (l *local) gateways(attempts payments.Attempts) ([]payments.Gateway, error) {
	var all []payments.Gateway
	if l != nil && l.payme != nil {
		l.payme.Attempts = attempts
		g, err := payme.New(*l.payme)
		if err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	if l != nil && l.click != nil {
		l.click.Attempts = attempts
		g, err := click.New(*l.click)
		if err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	return all, nil
}

// answer lets their calls be answered by what incoming does.
func (l *local) answer(incoming payments.Incoming) (err error) {
	if l == nil {
		return nil
	}
	if l.payme != nil {
		l.paymeServer, err = payme.NewServer(*l.payme, incoming)
	}
	if l.click != nil {
		var failed error
		l.clickServer, failed = click.NewServer(*l.click, incoming)
		err = errors.Join(err, failed)
	}
	return err
}

// register adds the addresses they call.
func (l *local) register(routes web.Routes) {
	if l.paymeServer != nil {
		webhook.RegisterPayme(routes, l.paymeServer)
	}
	if l.clickServer != nil {
		webhook.RegisterClick(routes, l.clickServer)
	}
}

// origins lists the other sites a checkout form leads to. The stand-ins' pay pages are on the shop's own.
func (l *local) origins() []string {
	var list []string
	if l.payme != nil && l.standins[paymeStandinPath] == nil {
		list = append(list, siteOf(l.payme.Checkout))
	}
	if l.click != nil && l.standins[clickStandinPath] == nil {
		list = append(list, siteOf(l.click.PayURL))
	}
	return list
}

// siteOf is an address without its path.
func siteOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host
}

// mount puts the stand-ins beside the shop.
func (l *local) mount(shop http.Handler) http.Handler {
	if len(l.standins) == 0 {
		return shop
	}
	// Their pay pages are pages like any other: nobody else's page may press their buttons, and their forms are small.
	guarded := make(map[string]http.Handler, len(l.standins))
	for path, s := range l.standins {
		guarded[path] = http.NewCrossOriginProtection().Handler(http.MaxBytesHandler(http.StripPrefix(path, s), standinBody))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for path, s := range guarded {
			if strings.HasPrefix(r.URL.Path, path+"/") {
				s.ServeHTTP(w, r)
				return
			}
		}
		shop.ServeHTTP(w, r)
	})
}
