package layout

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/a-h/templ"
)

// Thing is one schema.org description of what a page shows. Prices are decimal
// strings without grouping ("1480", "9.50"), dates ISO 8601.
type Thing interface{ schemaType() string }

// Organization describes the programme or a producer.
type Organization struct {
	Name        string `json:"name"`
	URL         string `json:"url,omitempty"`
	Logo        string `json:"logo,omitempty"`
	Description string `json:"description,omitempty"`
	Email       string `json:"email,omitempty"`
}

// WebSite describes the shop with its search.
type WebSite struct {
	Name     string
	URL      string
	Language string
	Search   string // address template with {query}; empty: no search
}

// Breadcrumbs is the way from the shop's front page to here.
type Breadcrumbs []Crumb

// Crumb is one step of the way; URL is absolute and may be empty for the last.
type Crumb struct{ Name, URL string }

// Product describes what is sold, with one offer for each variant.
type Product struct {
	Name          string        `json:"name"`
	Description   string        `json:"description,omitempty"`
	SKU           string        `json:"sku,omitempty"`
	Category      string        `json:"category,omitempty"`
	Images        []string      `json:"image,omitempty"`
	URL           string        `json:"url,omitempty"`
	CountryOfMake string        `json:"countryOfOrigin,omitempty"` // ISO 3166-1
	Maker         *Organization `json:"-"`
	Offers        []Offer       `json:"-"`
}

// Offer is a price in one market.
type Offer struct {
	Name     string // the variant
	SKU      string
	Price    string
	Currency string // ISO 4217
	InStock  bool
	URL      string
	ShipsTo  []string // ISO 3166-1 codes
}

// ItemList is a page of a listing.
type ItemList []string // absolute URLs in order

func (Organization) schemaType() string { return "Organization" }
func (WebSite) schemaType() string      { return "WebSite" }
func (Breadcrumbs) schemaType() string  { return "BreadcrumbList" }
func (Product) schemaType() string      { return "Product" }
func (ItemList) schemaType() string     { return "ItemList" }

type object map[string]any

// MarshalJSON writes the site with its search action.
func (s WebSite) MarshalJSON() ([]byte, error) {
	o := object{"@type": "WebSite", "name": s.Name, "url": s.URL, "inLanguage": s.Language}
	if s.Search != "" {
		o["potentialAction"] = object{
			"@type":       "SearchAction",
			"target":      object{"@type": "EntryPoint", "urlTemplate": s.Search},
			"query-input": "required name=query",
		}
	}
	return json.Marshal(o)
}

// MarshalJSON writes the numbered list that schema.org wants.
func (b Breadcrumbs) MarshalJSON() ([]byte, error) {
	items := make([]object, len(b))
	for i, c := range b {
		items[i] = object{"@type": "ListItem", "position": i + 1, "name": c.Name}
		if c.URL != "" {
			items[i]["item"] = c.URL
		}
	}
	return json.Marshal(object{"@type": "BreadcrumbList", "itemListElement": items})
}

// MarshalJSON writes the numbered list that schema.org wants.
func (l ItemList) MarshalJSON() ([]byte, error) {
	items := make([]object, len(l))
	for i, url := range l {
		items[i] = object{"@type": "ListItem", "position": i + 1, "url": url}
	}
	return json.Marshal(object{"@type": "ItemList", "itemListElement": items})
}

// MarshalJSON adds the type.
func (o Organization) MarshalJSON() ([]byte, error) {
	type plain Organization
	return json.Marshal(struct {
		Type string `json:"@type"`
		plain
	}{o.schemaType(), plain(o)})
}

// MarshalJSON writes the product with its maker and offers.
func (p Product) MarshalJSON() ([]byte, error) {
	type plain Product
	offers := make([]object, len(p.Offers))
	for i, o := range p.Offers {
		offers[i] = o.object()
	}
	return json.Marshal(struct {
		Type string `json:"@type"`
		plain
		Brand        *Organization `json:"brand,omitempty"`
		Manufacturer *Organization `json:"manufacturer,omitempty"`
		Offers       []object      `json:"offers,omitempty"`
	}{p.schemaType(), plain(p), p.Maker, p.Maker, offers})
}

func (o Offer) object() object {
	availability := "https://schema.org/OutOfStock"
	if o.InStock {
		availability = "https://schema.org/InStock"
	}
	out := object{"@type": "Offer", "price": o.Price, "priceCurrency": o.Currency,
		"availability": availability, "itemCondition": "https://schema.org/NewCondition"}
	for key, value := range map[string]string{"name": o.Name, "sku": o.SKU, "url": o.URL} {
		if value != "" {
			out[key] = value
		}
	}
	if len(o.ShipsTo) > 0 {
		out["eligibleRegion"] = o.ShipsTo
	}
	return out
}

// schemaScript writes the page's descriptions as one data block. json.Marshal
// escapes <, > and &, so no text of a producer can end the element.
func schemaScript(things []Thing) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if len(things) == 0 {
			return nil
		}
		data, err := json.Marshal(object{"@context": "https://schema.org", "@graph": things})
		if err != nil {
			return fmt.Errorf("describe page: %w", err)
		}
		_, err = fmt.Fprintf(w, `<script type="application/ld+json">%s</script>`, data)
		return err
	})
}
