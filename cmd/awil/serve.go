package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"awil/internal/demo"
	"awil/internal/platform/changes"
	"awil/internal/watch"
	"awil/internal/web"
)

// serveOptions are the flags of awil serve.
type serveOptions struct {
	web, worker bool
	demo        bool
	demoPublic  bool
	goodsOnly   bool // the demo begins without orders: for tests, which count their own
	dev         bool
}

func parseServe(args []string, c Config) (o serveOptions, err error) {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	role := flags.String("role", "all", "web, worker or all")
	flags.BoolVar(&o.demo, "demo", false, "load the demo programme and print its accounts")
	flags.BoolVar(&o.demoPublic, "demo-public", false, "let others reach the demo, whose passwords everybody knows")
	flags.BoolVar(&o.dev, "dev", false, "read assets from disk, show details on error pages")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	switch *role {
	case "all":
		o.web, o.worker = true, true
	case "web":
		o.web = true
	case "worker":
		o.worker = true
	default:
		return o, fmt.Errorf("--role is web, worker or all, not %q", *role)
	}
	o.demo = o.demo || o.demoPublic
	return o, o.safe(c)
}

// safe refuses what would open a real programme, or this machine, to strangers.
func (o serveOptions) safe(c Config) error {
	private := loopback(c.Addr) && privateURL(c.BaseURL)
	switch {
	case o.demo && !o.demoPublic && !private:
		return errors.New("the demo's passwords are public and the address can be reached from outside; if you mean it, say --demo-public")
	case o.dev && !private:
		return errors.New("--dev shows what is nobody else's business: it is for addresses of this machine only")
	case o.demo && strings.HasPrefix(c.StripeKey, "sk_live_"):
		return errors.New("the demo takes no real money: unset the live Stripe key")
	case o.demo && c.PaymeKey != "" && c.PaymeCheckoutURL != paymeSandbox:
		return errors.New("the demo takes no real money: unset Payme's key, or set PAYME_CHECKOUT_URL to its sandbox, " + paymeSandbox)
	case o.demo && c.ClickSecretKey != "":
		return errors.New("the demo takes no real money: unset Click's keys")
	}
	return nil
}

// paymeSandbox is where Payme's test key belongs.
const paymeSandbox = "https://test.paycom.uz"

// privateURL reports whether an address visitors see is one of this machine; empty follows where the program listens.
func privateURL(base string) bool {
	u, err := url.Parse(base)
	return base == "" || err == nil && loopback(net.JoinHostPort(u.Hostname(), "0"))
}

// shutdownTime is how long requests and jobs under way may take to end.
const shutdownTime = 15 * time.Second

// serve runs the program until ctx ends.
func serve(ctx context.Context, args []string) (err error) {
	c, err := readConfig()
	if err != nil {
		return err
	}
	o, err := parseServe(args, c)
	if err != nil {
		return err
	}
	log := newLog()
	slog.SetDefault(log)
	a, err := open(ctx, c, o, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	return a.run(ctx)
}

// newLog writes for people at a terminal, for machines elsewhere.
func newLog() *slog.Logger {
	if stat, err := os.Stderr.Stat(); err == nil && stat.Mode()&os.ModeCharDevice != 0 {
		return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, nil))
}

// app is the running program.
type app struct {
	Config
	options  serveOptions
	log      *slog.Logger
	listener net.Listener // nil for a worker
	db       *database
	card     *card
	local    *local
	mail     post
	services *services
	visitors *visitors
	server   *http.Server // nil for a worker
	worker   *worker      // nil for a web node
	changes  *changes.Feed
}

// open brings up everything but the serving itself, in the order in which it is needed; close takes it down.
func open(ctx context.Context, c Config, o serveOptions, log *slog.Logger) (a *app, err error) {
	a = &app{Config: c, options: o, log: log, visitors: &visitors{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	if err = a.listen(); err != nil {
		return a, err
	}
	if a.db, err = openDatabase(ctx, a.Config); err != nil {
		return a, err
	}
	if a.mail, err = openPost(a.Config, log); err != nil {
		return a, err
	}
	if err = a.openServices(ctx); err != nil {
		return a, err
	}
	if o.demo {
		if err = demo.Load(ctx, a.services.demo(a.Config, !o.goodsOnly)); err != nil {
			return a, err
		}
	}
	if o.worker {
		if a.worker, err = openWorker(ctx, a); err != nil {
			return a, err
		}
	}
	if o.web {
		board := watch.NewBoard()
		a.services.watch(board)
		a.changes = changes.New(a.db.url, a.services.pool, board, log)
		a.server, err = newServer(a)
	}
	return a, err
}

// listen takes the port pages are served on, and says where the shop is if the operator does not.
func (a *app) listen() (err error) {
	if a.options.web {
		if a.listener, err = net.Listen("tcp", a.Addr); err != nil {
			return fmt.Errorf("%w; another program has the port, or set AWIL_ADDR", err)
		}
	}
	if a.BaseURL == "" {
		a.BaseURL = "http://" + visibleAddr(a.boundAddr())
	}
	return nil
}

// openServices opens connections and ways to pay, and the use cases on them.
func (a *app) openServices(ctx context.Context) (err error) {
	pool, err := a.db.pool(ctx, "awil", a.DatabaseConns, 0)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			pool.Close()
		}
	}()
	if a.card, err = openCard(a.Config, a.options, a.listener, a.log); err != nil {
		return err
	}
	if a.local, err = openLocal(a.Config, a.options, a.listener, a.log); err != nil {
		return err
	}
	a.services, err = newServices(ctx, a.Config, pool, a.card.gateway(), a.local, a.log)
	return err
}

// boundAddr is where the program listens, the port it was given included; a worker goes by its configuration.
func (a *app) boundAddr() string {
	if a.listener != nil {
		return a.listener.Addr().String()
	}
	return a.Addr
}

// run serves until ctx ends or serving fails, then lets what is under way end.
func (a *app) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := make(chan error, 1)
	if a.worker != nil {
		if err := a.worker.client.Start(ctx); err != nil {
			return err
		}
	}
	go a.card.run(ctx)
	if a.server != nil {
		go tendHeap(ctx)
		go a.changes.Run(ctx)
		go a.warm(ctx)
		go func() { failed <- a.server.Serve(web.Listener(a.listener)) }()
	}
	a.greet()
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	return errors.Join(err, a.stop())
}

func (a *app) stop() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	if a.server != nil {
		err = a.server.Shutdown(ctx)
	}
	if a.worker != nil {
		err = errors.Join(err, a.worker.client.Stop(ctx))
	}
	return err
}

// close gives back what open took, last things first.
func (a *app) close() error {
	var all []error
	if a.worker != nil {
		a.worker.pool.Close()
	}
	if a.services != nil {
		a.services.pool.Close()
	}
	if a.db != nil {
		all = append(all, a.db.Close())
	}
	if a.listener != nil {
		if err := a.listener.Close(); !errors.Is(err, net.ErrClosed) {
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}

// greet says where the shop is and, for the demo, who can sign in.
func (a *app) greet() {
	if a.listener == nil {
		fmt.Println("Awıl works in the background.")
		return
	}
	fmt.Printf("Awıl is at %s\n", a.BaseURL)
	if !a.options.demo {
		return
	}
	logins, err := demo.Logins()
	if err != nil {
		a.log.Error("demo accounts", "error", err)
		return
	}
	fmt.Printf("\nThis is the demo; sign in at %s/sign-in with the password %s as\n", a.BaseURL, logins[0].Password)
	for _, l := range logins {
		fmt.Printf("  %-20s %s\n", l.Email, l.Role)
	}
	if a.visibleOutbox() != nil {
		fmt.Printf("\nMail it would send is at %s/dev/outbox.", a.BaseURL)
	}
	fmt.Println("\nCtrl-C stops it.")
}
