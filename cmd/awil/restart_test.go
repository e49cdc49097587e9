package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"awil/internal/i18n"
	"awil/internal/platform/stripe/standin"
)

// TestKilledAndStartedAgain pulls the plug from the program, its private
// Postgres and the stand-in for Stripe while a buyer is on the pay page. After
// the next start her order is there and can be paid where she was.
func TestKilledAndStartedAgain(t *testing.T) {
	t.Parallel()
	r := &running{t: t, data: t.TempDir(), addr: freeAddress(t)}
	t.Logf("first start: %s", r.start())
	c := newClient(t, "http://"+r.addr)
	form := c.atCheckout(t, "/en-jp", r.variant(c), map[string]string{
		"email": "hanako@example.jp", "name": "佐藤 花子", "phone": "090-1234-5678", "postcode": "150-0041", "region": "JP-13",
		"city": "渋谷区", "line1": "神南1-2-3", "payment": "card"})
	placed, err := c.post("/en-jp/checkout", form)
	if err != nil || placed.status != http.StatusSeeOther || !strings.Contains(placed.to, standinPath) {
		t.Fatalf("placed: %d %s %v", placed.status, placed.to, err)
	}
	pay, err := url.Parse(placed.to)
	if err != nil {
		t.Fatal(err)
	}
	r.kill()

	t.Logf("start after kill -9: %s", r.start())
	paid, err := c.post(pay.Path, url.Values{"action": {"pay"}, "number": {standin.CardGood}})
	if err != nil || paid.status != http.StatusSeeOther || !strings.Contains(paid.to, "/orders/") {
		t.Fatalf("paid: %d %s %v", paid.status, paid.to, err)
	}
	order, err := url.Parse(paid.to)
	if err != nil {
		t.Fatal(err)
	}
	title := i18n.For(i18n.EN).T("buy.order.packing.title")
	wait(t, "the order is paid", func() bool {
		page, err := c.get(order.Path)
		return err == nil && page.status == http.StatusOK && page.says(title)
	})
	r.stop()
}

// running is the built program as a process of its own.
type running struct {
	t    *testing.T
	data string
	addr string
	cmd  *exec.Cmd
	out  bytes.Buffer
}

// start returns how long it took until the program answered.
func (r *running) start() time.Duration {
	r.t.Helper()
	r.cmd = exec.Command(built.path(r.t), "serve", "--demo")
	r.cmd.Env = append(os.Environ(), "AWIL_ADDR="+r.addr, "AWIL_DATA_DIR="+filepath.Join(r.data, "awil"), "AWIL_DATABASE_URL=",
		"AWIL_PHOTOS_URL=", "AWIL_BASE_URL=", "STRIPE_SECRET_KEY=", "STRIPE_WEBHOOK_SECRET=", "SMTP_URL=")
	r.cmd.Stdout, r.cmd.Stderr = &r.out, &r.out
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	began := time.Now()
	if err := r.cmd.Start(); err != nil {
		r.t.Fatalf("start the program: %v", err)
	}
	process := r.cmd
	r.t.Cleanup(func() {
		if process.ProcessState == nil {
			_ = process.Process.Kill()
			_ = process.Wait()
		}
	})
	wait(r.t, "the program answers", func() bool {
		answer, err := http.Get("http://" + r.addr + "/readyz")
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	return time.Since(began).Round(time.Millisecond)
}

// kill ends the program as a lack of power does: nothing is tidied up.
func (r *running) kill() {
	r.t.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		r.t.Fatal(err)
	}
	_ = r.cmd.Wait()
}

// stop ends it as an operator does, which must go well.
func (r *running) stop() {
	r.t.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		r.t.Fatal(err)
	}
	if err := r.cmd.Wait(); err != nil {
		r.t.Errorf("the program ended with %v; it said:\n%s", err, r.out.String())
	}
}

// variant reads from a product's page what its form would put in the cart.
func (r *running) variant(c *client) int {
	r.t.Helper()
	home, err := c.get("/en-jp/")
	if err != nil {
		r.t.Fatal(err)
	}
	page, err := home.page()
	if err != nil {
		r.t.Fatal(err)
	}
	link := page.Find(`main a[href*="/products/"]`).First().AttrOr("href", "")
	product, err := c.get(link)
	if err != nil {
		r.t.Fatal(err)
	}
	if page, err = product.page(); err != nil {
		r.t.Fatal(err)
	}
	id, err := strconv.Atoi(page.Find(`input[name="variant"]`).First().AttrOr("value", ""))
	if err != nil {
		r.t.Fatalf("%s sells nothing: %v", link, err)
	}
	return id
}

// wait asks until the answer is yes.
func wait(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			t.Fatalf("%s: not within %s", what, 2*patience)
		case <-tick.C:
		}
	}
}

// freeAddress is one nobody listens on at the moment.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return fmt.Sprint(l.Addr())
}
