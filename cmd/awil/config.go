package main

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/caarlos0/env/v11"

	"awil/internal/platform/postgres"
)

// Config is everything the program reads from its environment. Nothing else reads it.
type Config struct {
	// Address to listen on.
	Addr string `env:"AWIL_ADDR" envDefault:"127.0.0.1:8080"`
	// Where the program keeps what it makes for itself: the private Postgres, photos, mail outbox, its secret.
	DataDir string `env:"AWIL_DATA_DIR" envDefault:"var"`
	// Postgres to use. Unset: a private one under DataDir, started and stopped with the program.
	DatabaseURL string `env:"AWIL_DATABASE_URL"`
	// Where photos live: file:///folder or s3://key:secret@host/bucket. Unset: a folder under DataDir.
	PhotosURL string `env:"AWIL_PHOTOS_URL"`
	// The address visitors see, without a slash at the end. Unset: where the program listens.
	BaseURL string `env:"AWIL_BASE_URL"`
	// Signs cookies; at least 32 characters. Unset: made once and kept under DataDir.
	Secret string `env:"AWIL_SECRET"`
	// Addresses of proxies whose X-Forwarded-For is believed, as CIDRs.
	TrustedProxies []string `env:"AWIL_TRUSTED_PROXIES" envSeparator:","`
	// Header in which a trusted proxy names the visitor's country, such as CF-IPCountry.
	CountryHeader string `env:"AWIL_COUNTRY_HEADER"`

	// Lets its bearer read /metrics from elsewhere. Unset: only programs on this machine may.
	MetricsToken string `env:"AWIL_METRICS_TOKEN"`

	// Stripe's secret key and the secret that signs its webhooks. Unset with --demo: the local stand-in.
	StripeKey           string `env:"STRIPE_SECRET_KEY"`
	StripeWebhookSecret string `env:"STRIPE_WEBHOOK_SECRET"`
	// Stripe's API, for tests.
	StripeAPIBase string `env:"STRIPE_API_BASE"`
	// Ways to pay that Stripe's page offers where they can take the sum, such as card,konbini. Unset: cards.
	StripePaymentMethods []string `env:"STRIPE_PAYMENT_METHODS" envSeparator:","`

	// Payme Business: the web cash register's id and its key. Unset with --demo: the local stand-in.
	PaymeMerchantID string `env:"PAYME_MERCHANT_ID"`
	PaymeKey        string `env:"PAYME_KEY"`
	// The login Payme calls with, where its buyers pay (https://test.paycom.uz is its sandbox), and the addresses its
	// calls may come from, as CIDRs; unset: any.
	PaymeLogin       string   `env:"PAYME_LOGIN" envDefault:"Paycom"`
	PaymeCheckoutURL string   `env:"PAYME_CHECKOUT_URL" envDefault:"https://checkout.paycom.uz"`
	PaymeAddresses   []string `env:"PAYME_ADDRESSES" envSeparator:","`

	// Click: the service, its merchant and the key that signs its calls. Unset with --demo: the local stand-in.
	ClickServiceID  string `env:"CLICK_SERVICE_ID"`
	ClickMerchantID string `env:"CLICK_MERCHANT_ID"`
	ClickSecretKey  string `env:"CLICK_SECRET_KEY"`
	// Where Click's buyers pay.
	ClickPayURL string `env:"CLICK_PAY_URL" envDefault:"https://my.click.uz/services/pay"`

	// smtp://user:password@host:587 or smtps://…. Unset: mail is logged and kept in the dev outbox.
	SMTPURL string `env:"SMTP_URL"`
	// Sender of the programme's mail.
	MailFrom string `env:"AWIL_MAIL_FROM" envDefault:"Awıl <shop@localhost>"`

	// Connections the web part may hold to Postgres, and those of background work. Unset, the web part's go by the processors.
	DatabaseConns int `env:"AWIL_DATABASE_CONNS"`
	JobConns      int `env:"AWIL_JOB_CONNS" envDefault:"6"`
}

// privateDatabase is the folder of the Postgres that the program runs by itself.
func (c Config) privateDatabase() string { return filepath.Join(c.DataDir, "postgres") }

// readConfig reads the environment and fills in what depends on other values.
func readConfig() (Config, error) {
	c, err := parseConfig()
	if err == nil && (c.StripeKey == "") != (c.StripeWebhookSecret == "") {
		return c, fmt.Errorf("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET go together; one of them is missing (awil stripe setup makes the second)")
	}
	return c, err
}

// parseConfig is readConfig for a tool that makes one of the values itself.
func parseConfig() (Config, error) {
	var c Config
	if err := env.Parse(&c); err != nil {
		return c, fmt.Errorf("configuration: %w", err)
	}
	dir, err := filepath.Abs(c.DataDir)
	if err != nil {
		return c, fmt.Errorf("AWIL_DATA_DIR: %w", err)
	}
	c.DataDir = dir
	if c.DatabaseConns == 0 {
		c.DatabaseConns = int(postgres.UsualConns())
	}
	if c.PhotosURL == "" {
		c.PhotosURL = (&url.URL{Scheme: "file", Path: filepath.Join(dir, "photos")}).String()
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	if base, err := url.Parse(c.BaseURL); c.BaseURL != "" && (err != nil || base.Host == "") {
		return c, fmt.Errorf("AWIL_BASE_URL %q is not an address like https://shop.example", c.BaseURL)
	}
	if c.Secret != "" && len(c.Secret) < 32 {
		return c, fmt.Errorf("AWIL_SECRET needs at least 32 characters")
	}
	if (c.PaymeKey == "") != (c.PaymeMerchantID == "") {
		return c, fmt.Errorf("PAYME_MERCHANT_ID and PAYME_KEY go together; one of them is missing")
	}
	if set := c.ClickServiceID != ""; (c.ClickMerchantID != "") != set || (c.ClickSecretKey != "") != set {
		return c, fmt.Errorf("CLICK_SERVICE_ID, CLICK_MERCHANT_ID and CLICK_SECRET_KEY go together; one of them is missing")
	}
	return c, nil
}

// visibleAddr is the address to open in a browser on this machine.
func visibleAddr(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && (ip.IsUnspecified() || ip.IsLoopback()) {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// loopback reports whether only this machine can reach the address.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
