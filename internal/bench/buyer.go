package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"awil/internal/markets"
)

// buyers place orders over the forms of the shop, each order a new visitor
// from an address of her own.
type buyers struct {
	site      *site
	transport *http.Transport
	goods     []form // add-to-cart forms, read once
	count     atomic.Int64
	idle      chan *shopper
	ready     chan ready // buyers for placeReady
	forms     sync.Map   // filled-in checkouts by what was put into the cart: the next buyer fills in the same
}

// about is how buyer n fills in the checkout at home: a person of her own, as the shop lets nobody order without end for
// cash at the door.
func about(n int64) map[string]string {
	return map[string]string{
		"tel": fmt.Sprintf("+99890%07d", n%10_000_000), "name": "Aygul Bench", "address-level2": "Nukus",
		"address-line1": fmt.Sprintf("Dosliq %d", n), "postal-code": "230100",
	}
}

// findGoods reads the add-to-cart forms of the home market's products.
func (b *buyers) findGoods(ctx context.Context) error {
	paths, err := b.site.products(ctx, home)
	if err != nil {
		return err
	}
	for _, path := range paths {
		page, err := fetch(ctx, b.site.client, b.site.url(path), "")
		if err != nil {
			return err
		}
		f, err := findForm(string(page.body), "/cart")
		if err == nil {
			err = f.fill(nil)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		b.goods = append(b.goods, f)
	}
	return nil
}

// buy puts one thing into a new cart, fills in the checkout for a way to pay
// and places the order. It returns where the shop led her to then.
func (b *buyers) buy(ctx context.Context, method markets.Method) (string, error) {
	n := b.count.Add(1)
	v, err := b.shopper(ctx)
	if err != nil {
		return "", err
	}
	went, err := b.through(v, n, method)
	if err != nil {
		v.close()
		return "", err
	}
	b.idle <- v
	return went, nil
}

// shopper is one whose connection is free.
func (b *buyers) shopper(ctx context.Context) (*shopper, error) {
	select {
	case v := <-b.idle:
		return v, nil
	default:
		return newShopper(ctx, b.site.addr)
	}
}

// through is the way of buyer n through the shop.
func (b *buyers) through(v *shopper, n int64, method markets.Method) (string, error) {
	order, err := b.upToOrder(v, n, method)
	if err != nil {
		return "", err
	}
	return v.send(order)
}

// upToOrder is the way of buyer n to her checkout, filled in.
func (b *buyers) upToOrder(v *shopper, n int64, method markets.Method) (form, error) {
	if err := v.begin(fmt.Sprintf("10.%d.%d.%d", n>>16&0xff, n>>8&0xff, n&0xff)); err != nil {
		return form{}, err
	}
	add := b.goods[int(n)%len(b.goods)]
	if _, err := v.send(add); err != nil {
		return form{}, err
	}
	page, err := v.open(home + "/checkout")
	if err != nil {
		return form{}, err
	}
	return b.order(page, add, n, method)
}

// order is the checkout as buyer n sends it. Only the first of those who buy the
// same reads the whole form: the others know it.
func (b *buyers) order(page string, add form, n int64, method markets.Method) (form, error) {
	key := add.values.Encode() + " " + string(method)
	known, found := b.forms.Load(key)
	if !found {
		f, err := orderForm(page, n, method)
		if err == nil {
			b.forms.Store(key, f)
		}
		return f, err
	}
	f, err := known.(form).another(page, "checkout_token")
	if err != nil {
		return f, err
	}
	return f, f.fillAs(n)
}

// close ends the connections.
func (b *buyers) close() {
	b.transport.CloseIdleConnections()
	for {
		select {
		case v := <-b.idle:
			v.close()
		default:
			return
		}
	}
}

// buyForCash buys for cash on delivery.
func (b *buyers) buyForCash(ctx context.Context) error {
	went, err := b.buy(ctx, markets.COD)
	if err != nil {
		return err
	}
	return toOrder(went)
}

// toOrder complains unless a checkout led to the page of an order.
func toOrder(went string) error {
	if !strings.Contains(went, "/orders/") {
		return fmt.Errorf("the checkout led to %q, not to an order", went)
	}
	return nil
}

// orderForm is the checkout as buyer n sends it.
func orderForm(page string, n int64, method markets.Method) (form, error) {
	f, err := findForm(page, "/checkout")
	if err != nil {
		return f, err
	}
	for name, choices := range f.choices {
		for _, choice := range choices {
			if choice == string(method) {
				f.values.Set(name, choice)
			}
		}
	}
	return f, f.fillAs(n)
}

// fillAs fills in what buyer n says of herself.
func (f form) fillAs(n int64) error {
	if name, found := f.tokens["email"]; found {
		f.values.Set(name, fmt.Sprintf("buyer%d@bench.example", n))
	}
	return f.fill(about(n))
}

// visit is one buyer's way through the shop, with her cookies.
type visit struct {
	site   *site
	client *http.Client
	from   string
}

// open reads a page.
func (v visit) open(ctx context.Context, path string) (string, error) {
	status, _, body, err := v.do(ctx, http.MethodGet, path, nil)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%s answered %d", path, status)
	}
	return body, err
}

// send posts a form and returns the path it led to; staying where one was
// means that something was wrong with the form.
func (v visit) send(ctx context.Context, f form) (string, error) {
	status, location, body, err := v.do(ctx, http.MethodPost, f.action, f.values)
	if err == nil && status != http.StatusSeeOther {
		err = fmt.Errorf("%s answered %d: %s", f.action, status, problems(body))
	}
	return location, err
}

func (v visit) do(ctx context.Context, method, path string, values url.Values) (status int, location, body string, err error) {
	var content io.Reader = http.NoBody
	if values != nil {
		content = strings.NewReader(values.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, v.site.url(path), content)
	if err != nil {
		return 0, "", "", fmt.Errorf("ask for %s: %w", path, err)
	}
	if values != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("X-Forwarded-For", v.from)
	res, err := v.client.Do(req)
	if err != nil {
		return 0, "", "", fmt.Errorf("ask for %s: %w", path, err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, "", "", fmt.Errorf("ask for %s: %w", path, err)
	}
	return res.StatusCode, res.Header.Get("Location"), string(page), nil
}

// problems are the sentences a page complains with.
func problems(page string) string {
	var all []string
	for t := range tags(page) {
		class := " " + t.attr("class") + " "
		if strings.Contains(class, " problem ") || strings.Contains(class, " attention ") || t.name == "h1" {
			if text := strings.TrimSpace(t.text()); text != "" {
				all = append(all, text)
			}
		}
	}
	return strings.Join(all, " · ")
}

// newBuyers reads what there is to buy; transport keeps connections for so
// many at once.
func newBuyers(ctx context.Context, s *site, atOnce int) (*buyers, error) {
	b := &buyers{site: s, transport: &http.Transport{MaxIdleConnsPerHost: atOnce, IdleConnTimeout: time.Minute}, idle: make(chan *shopper, atOnce)}
	return b, b.findGoods(ctx)
}
