package bench

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"awil/internal/markets"
)

// TestShopper: she carries cookies as a browser does, reads pages however they
// are sent, and is somebody else for the next buyer.
func TestShopper(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /cart", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "cart", Value: r.FormValue("variant"), Path: "/", MaxAge: 60, HttpOnly: true})
		http.SetCookie(w, &http.Cookie{Name: "flash", Value: "added", MaxAge: 60})
		http.Redirect(w, r, "/shown", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /checkout", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "flash", MaxAge: -1})
		page := fmt.Sprintf("%s from %s", r.Header.Get("Cookie"), r.Header.Get("X-Forwarded-For"))
		if r.URL.RawQuery == "" {
			fmt.Fprint(w, page)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		fmt.Fprint(z, page, strings.Repeat(" and so on", 1000))
		z.Flush() // so that it is sent in chunks
		w.(http.Flusher).Flush()
		z.Close()
	})
	mux.HandleFunc("POST /checkout", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprint(w, `<h1>Checkout</h1><p class="problem">Too short</p>`)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	s, err := newShopper(t.Context(), strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	for i, from := range []string{"10.0.0.1", "10.0.0.2"} {
		if err := s.begin(from); err != nil {
			t.Fatal(err)
		}
		went, err := s.send(form{action: "/cart", values: map[string][]string{"variant": {fmt.Sprint(i)}}})
		if err != nil || went != "/shown" {
			t.Errorf("led to %q, %v", went, err)
		}
		page, err := s.open("/checkout")
		if want := fmt.Sprintf("cart=%d; flash=added from %s", i, from); err != nil || page != want {
			t.Errorf("%q, want %q, %v", page, want, err)
		}
		page, err = s.open("/checkout?long")
		if want := fmt.Sprintf("cart=%d from %s and so on", i, from); err != nil || !strings.HasPrefix(page, want) || len(page) < 10_000 {
			t.Errorf("%.60q of %d, want %q, %v", page, len(page), want, err)
		}
	}
	if _, err := s.send(form{action: "/checkout"}); err == nil || !strings.Contains(err.Error(), "422: Checkout · Too short") {
		t.Errorf("%v", err)
	}
}

// TestAnotherBuyer: who buys the same fills in the form that was read before,
// with the page's own token.
func TestAnotherBuyer(t *testing.T) {
	b := &buyers{}
	add := form{values: map[string][]string{"variant": {"7"}}}
	if _, err := b.order(checkoutPage, add, 7, markets.COD); err != nil {
		t.Fatal(err)
	}
	f, err := b.order(strings.Replace(checkoutPage, "t-1", "t-2", 1), add, 8, markets.COD)
	if err != nil {
		t.Fatal(err)
	}
	const want = "checkout_token=t-2&email=buyer8%40bench.example&note=Ring+%26+wait&payment=cod&phone=%2B998900000008&" +
		"quantity=2&region=qr&shipping=4&size=m"
	if got := f.values.Encode(); got != want {
		t.Errorf("sends %s\nwant  %s", got, want)
	}
	if _, err := b.order("<p>Nothing</p>", add, 9, markets.COD); err == nil {
		t.Error("a page without a token")
	}
}
