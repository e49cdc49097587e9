package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The shop pages are asked for as buyers abroad do, orders placed as at home.
const (
	abroad = "/en-us"
	home   = "/uz-uz"
)

// site is the program under measurement.
type site struct {
	addr    string
	process *process
	client  *http.Client
}

// newSite starts the program with the demo programme on a free port. database
// is the server to use; empty lets the program run its own under dir.
func newSite(dir, program string, env []string, database string) (*site, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	env = append(foreign(env),
		"AWIL_ADDR="+addr,
		"AWIL_DATA_DIR="+filepath.Join(dir, "data"),
		"AWIL_TRUSTED_PROXIES=127.0.0.1/32", // so that buyers come from many addresses
		"PAYME_MERCHANT_ID="+paymeMerchant, "PAYME_KEY="+paymeKey, "PAYME_CHECKOUT_URL="+paymeCheckout,
	)
	if database != "" {
		env = append(env, "AWIL_DATABASE_URL="+database)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("folder of the program: %w", err)
	}
	p, err := start(filepath.Join(dir, "awil.log"), env, program, "serve", "--demo")
	if err != nil {
		return nil, err
	}
	return &site{addr: addr, process: p, client: plainClient()}, nil
}

// foreign is the environment without what configures the program.
func foreign(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(variable string) bool {
		for _, prefix := range []string{"AWIL_", "STRIPE_", "PAYME_", "CLICK_", "SMTP_", "TELEGRAM_", "OTEL_", "PG", "GOGC=", "GOMEMLIMIT=", "GODEBUG="} {
			if strings.HasPrefix(variable, prefix) {
				return true
			}
		}
		return false
	})
}

func (s *site) url(path string) string { return "http://" + s.addr + path }

// stop ends the program. It may be called again.
func (s *site) stop() error {
	s.client.CloseIdleConnections()
	return s.process.stop()
}

// readyLimit is how long the first start may take, loading of the demo
// programme included.
const readyLimit = 3 * time.Minute

// ready waits until the program says that it is.
func (s *site) ready(ctx context.Context) error { return s.answers(ctx, "/readyz") }

// answers waits until an address of the program answers 200.
func (s *site) answers(ctx context.Context, path string) error {
	return s.process.await(ctx, 2*time.Millisecond, readyLimit, func(ctx context.Context) bool {
		_, err := fetch(ctx, s.client, s.url(path), "")
		return err == nil
	})
}

// page is one kind of shop page, by the example that is measured.
type page struct {
	name string
	path string
}

// pages are the four kinds of page a visitor sees most.
func (s *site) pages(ctx context.Context) ([]page, error) {
	products, err := s.products(ctx, abroad)
	if err != nil {
		return nil, err
	}
	return []page{
		{"home", abroad + "/"},
		{"listing", abroad + "/products"},
		{"product", products[0]},
		{"search", abroad + "/search?q=melon"},
	}, nil
}

// products are the paths of the product pages that the listing of a locale
// leads to.
func (s *site) products(ctx context.Context, locale string) ([]string, error) {
	listing, err := fetch(ctx, s.client, s.url(locale+"/products"), "")
	if err != nil {
		return nil, err
	}
	var paths []string
	for t := range tags(string(listing.body)) {
		path, _, _ := strings.Cut(t.attr("href"), "#")
		if t.name == "a" && strings.HasPrefix(path, locale+"/products/") && !strings.Contains(path, "?") && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 {
		return nil, errors.New("the listing " + locale + "/products leads to no product")
	}
	return paths, nil
}
