package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"awil/internal/accounts"
	"awil/internal/i18n"
	"awil/internal/producers"
	"awil/internal/web"
)

// role is somebody who tries all doors.
type role int

// The columns of the access table, in its order. The rival is a producer too,
// but none of the goods and parcels in the table are hers.
const (
	nobody role = iota
	buyerOf
	maker
	rival
	curator
	finance
	admin
	partner
	roles
)

func (r role) String() string {
	return [...]string{"nobody", "buyer", "maker", "rival", "curator", "finance", "admin", "partner"}[r]
}

// row is one line of the table: a route, an address on it, and what each role
// gets. A want of 303 where an account is needed means the sign-in page.
type row struct {
	route string // as web.Routes registered it
	at    string // {names} stand for what is in the world
	form  string // what is posted, as a query
	want  [roles]int
}

// TestAccess opens every door as everybody.
func TestAccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := newDoors(w)
	for _, r := range accessTable {
		method, _, _ := strings.Cut(r.route, " ")
		at := d.fill(r.at)
		form, err := url.ParseQuery(d.fill(r.form))
		if err != nil {
			t.Fatalf("%s: %v", r.route, err)
		}
		var got [roles]int
		for who := range roles {
			a, err := d.clients[who].do(method, at, form, d.clients[who].base)
			if err != nil {
				t.Fatalf("%s as %s: %v", r.route, who, err)
			}
			got[who] = a.status
			if who == nobody && r.want[who] == http.StatusSeeOther && r.want[buyerOf] != http.StatusSeeOther && !strings.HasPrefix(a.to, "/sign-in?to=") {
				t.Errorf("%s: nobody is sent to %s, not to the sign-in", r.route, a.to)
			}
		}
		if got != r.want {
			t.Errorf("%-45s %s\n     %v\n got %v\nwant %v", r.route, at, d.names(), got, r.want)
		}
	}
}

// TestEveryRouteHasARow fails when a route is added and nobody has said who
// may use it.
func TestEveryRouteHasARow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rows := map[string]bool{}
	for _, r := range accessTable {
		rows[r.route] = true
	}
	for _, r := range w.routes() {
		route := r.Method + " " + r.Path
		if !rows[route] {
			t.Errorf("%s (for %s) has no row in the access table", route, r.Access)
		}
		delete(rows, route)
	}
	for route := range rows {
		t.Errorf("the access table has a row for %s, which is no route", route)
	}
}

// TestOtherSitesCannotPost: a form on another site's page gets nowhere, however
// much its visitor may do here. Only what proves itself by a signature comes
// from elsewhere, and is asked for that instead.
func TestOtherSitesCannotPost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := newDoors(w)
	before := w.text("select string_agg(id::text || state || updated_at, ',' order by id) from products")
	for _, r := range w.routes() {
		if r.Method == http.MethodGet {
			continue
		}
		want := http.StatusForbidden
		switch {
		case r.Path == "/webhooks/payme" || r.Path == "/webhooks/click":
			want = http.StatusOK // their protocols say in the body that a call was refused
		case r.Access == web.Machine:
			want = http.StatusBadRequest
		}
		at := d.concrete(r.Path)
		for _, who := range []role{maker, admin} {
			a, err := d.clients[who].do(r.Method, at, url.Values{}, "https://elsewhere.example")
			if err != nil {
				t.Fatal(err)
			}
			if a.status != want {
				t.Errorf("%s %s from another site as %s: %d, want %d", r.Method, at, who, a.status, want)
			}
		}
	}
	if after := w.text("select string_agg(id::text || state || updated_at, ',' order by id) from products"); after != before {
		t.Error("products have changed")
	}
}

// routes are all of the program's, from the same registrations.
func (w *world) routes() []web.Route {
	w.t.Helper()
	server, err := newWeb(w.app)
	if err != nil {
		w.t.Fatal(err)
	}
	registerAll(server, w.app)
	return server.Table()
}

// doors is the world of the access table: a client for each role, and what the
// names in its addresses stand for.
type doors struct {
	w       *world
	clients [roles]*client
	things  map[string]string
}

func newDoors(w *world) *doors {
	w.t.Helper()
	d := &doors{w: w, things: map[string]string{}}
	d.openRival()
	logins := map[role]string{buyerOf: "buyer@demo.awil", maker: "melon@demo.awil", rival: rivalLogin, curator: "curator@demo.awil",
		finance: "finance@demo.awil", admin: "admin@demo.awil", partner: "partner@demo.awil"}
	for who := range roles {
		d.clients[who] = newClient(w.t, w.app.BaseURL)
		if who != nobody {
			d.clients[who].signIn(w.t, logins[who], demoKey)
		}
	}
	d.stock()
	return d
}

const rivalLogin = "rival@example.uz"

// openRival makes another producer, by a card as everybody.
func (d *doors) openRival() {
	t, s, ctx := d.w.t, d.w.app.services, context.WithoutCancel(d.w.t.Context())
	by := d.w.number("select id from accounts where email = 'curator@demo.awil'")
	village := d.w.number("select id from villages where slug = 'chimbay'")
	for _, name := range []string{"Rival", "Somebody"} {
		card, err := s.producers.Invite(ctx, int64(by), producers.NewInvitation{Name: name, VillageID: int64(village), Lang: i18n.UZ})
		if err != nil {
			t.Fatal(err)
		}
		if name == "Somebody" {
			d.set("invitation", card.ID)
			d.things["code"] = card.Code
			continue
		}
		_, err = s.producers.Join(ctx, card.Code, accounts.NewAccount{Login: accounts.Login{Email: rivalLogin}, Name: name, Lang: i18n.UZ, Password: demoKey})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// stock finds and makes what the table names.
func (d *doors) stock() {
	w := d.w
	g := w.good("melon-jam", i18n.EN)
	d.things["slug"] = g.slug
	d.set("good", g.id)
	d.set("variant", w.number("select min(id) from variants where product_id = $1", g.id))
	d.set("photo", w.number("select min(photo_id) from product_photos where product_id = $1", g.id))
	d.set("other", w.good("pumpkin-seed-oil", i18n.EN).id)
	d.things["file"] = w.text("select key from photos where id = $1", w.number("select min(photo_id) from product_photos where product_id = $1", g.id))
	for name, table := range map[string]string{"village": "villages", "category": "categories", "collection": "collections"} {
		d.things[name] = w.text("select slug from " + table + " order by id limit 1")
	}
	d.set("set", w.number("select min(id) from collections"))
	d.set("feature", w.number("select min(id) from features where market = 'jp'"))
	d.set("producer", w.number("select producer_id from products where id = $1", g.id))
	d.things["producerslug"] = fmt.Sprintf("altin-qawin-%s", d.things["producer"])
	person, err := w.app.services.accounts.Create(w.t.Context(), accounts.NewAccount{
		Login: accounts.Login{Email: "person@example.com"}, Name: "Person", Lang: i18n.EN, Password: demoKey})
	if err != nil {
		w.t.Fatal(err)
	}
	d.set("person", person)
	first := w.atCheckout(w.number("select min(id) from variants where product_id = $1", g.id), "door@example.com")
	a, err := first.c.post("/en-uz/checkout", first.form)
	if err != nil || a.status != http.StatusSeeOther {
		w.t.Fatalf("an order for the table: %d %v", a.status, err)
	}
	_, d.things["token"], _ = strings.Cut(a.to, "/orders/")
	d.set("order", w.number("select id from orders"))
	d.set("parcel", w.number("select id from parcels"))
}

func (d *doors) set(name string, id any) { d.things[name] = fmt.Sprint(id) }

// fill puts things in the place of their names.
func (d *doors) fill(text string) string {
	for name, value := range d.things {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}

// concrete is some address on a route.
func (d *doors) concrete(route string) string {
	parts := strings.Split(route, "/")
	for i, part := range parts {
		switch part {
		case ":locale":
			parts[i] = "en-uz"
		case ":token", ":code", ":variant", ":photo", ":parcel":
			parts[i] = d.things[part[1:]]
		case ":id":
			parts[i] = d.things["good"]
		}
	}
	return strings.Join(parts, "/")
}

func (d *doors) names() string {
	var names []string
	for who := range roles {
		names = append(names, who.String())
	}
	return strings.Join(names, " ")
}
