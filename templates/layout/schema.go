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
type Thing interface {
	// node is the description as JSON writes it.
	node() any
}

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

// The nodes of the graph. Fixed structs are written in a fraction of the time
// that maps take, and the descriptions are a tenth of a page.
type (
	organizationNode struct {
		Type string `json:"@type"`
		Organization
	}
	siteNode struct {
		Type     string      `json:"@type"`
		Name     string      `json:"name"`
		URL      string      `json:"url"`
		Language string      `json:"inLanguage"`
		Action   *actionNode `json:"potentialAction,omitempty"`
	}
	actionNode struct {
		Type   string    `json:"@type"`
		Target entryNode `json:"target"`
		Input  string    `json:"query-input"`
	}
	entryNode struct {
		Type     string `json:"@type"`
		Template string `json:"urlTemplate"`
	}
	listNode struct {
		Type  string     `json:"@type"`
		Items []itemNode `json:"itemListElement"`
	}
	itemNode struct {
		Type     string `json:"@type"`
		Position int    `json:"position"`
		Name     string `json:"name,omitempty"`
		Item     string `json:"item,omitempty"`
		URL      string `json:"url,omitempty"`
	}
	productNode struct {
		Type string `json:"@type"`
		Product
		Brand        *organizationNode `json:"brand,omitempty"`
		Manufacturer *organizationNode `json:"manufacturer,omitempty"`
		Offers       []offerNode       `json:"offers,omitempty"`
	}
	offerNode struct {
		Type         string   `json:"@type"`
		Name         string   `json:"name,omitempty"`
		SKU          string   `json:"sku,omitempty"`
		URL          string   `json:"url,omitempty"`
		Price        string   `json:"price"`
		Currency     string   `json:"priceCurrency"`
		Availability string   `json:"availability"`
		Condition    string   `json:"itemCondition"`
		Region       []string `json:"eligibleRegion,omitempty"`
	}
)

func (o Organization) node() any { return organizationNode{"Organization", o} }

// node writes the site with its search action.
func (s WebSite) node() any {
	n := siteNode{Type: "WebSite", Name: s.Name, URL: s.URL, Language: s.Language}
	if s.Search != "" {
		n.Action = &actionNode{"SearchAction", entryNode{"EntryPoint", s.Search}, "required name=query"}
	}
	return n
}

// node writes the numbered list that schema.org wants.
func (b Breadcrumbs) node() any {
	items := make([]itemNode, len(b))
	for i, c := range b {
		items[i] = itemNode{Type: "ListItem", Position: i + 1, Name: c.Name, Item: c.URL}
	}
	return listNode{"BreadcrumbList", items}
}

// node writes the numbered list that schema.org wants.
func (l ItemList) node() any {
	items := make([]itemNode, len(l))
	for i, url := range l {
		items[i] = itemNode{Type: "ListItem", Position: i + 1, URL: url}
	}
	return listNode{"ItemList", items}
}

// node writes the product with its maker and offers.
func (p Product) node() any {
	n := productNode{Type: "Product", Product: p, Offers: make([]offerNode, len(p.Offers))}
	if p.Maker != nil {
		n.Brand = &organizationNode{"Organization", *p.Maker}
		n.Manufacturer = n.Brand
	}
	for i, o := range p.Offers {
		n.Offers[i] = o.node()
	}
	return n
}

func (o Offer) node() offerNode {
	availability := "https://schema.org/OutOfStock"
	if o.InStock {
		availability = "https://schema.org/InStock"
	}
	return offerNode{Type: "Offer", Name: o.Name, SKU: o.SKU, URL: o.URL, Price: o.Price, Currency: o.Currency,
		Availability: availability, Condition: "https://schema.org/NewCondition", Region: o.ShipsTo}
}

// schemaScript writes the page's descriptions as one data block. json.Marshal
// escapes <, > and &, so no text of a producer can end the element.
func schemaScript(things []Thing) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if len(things) == 0 {
			return nil
		}
		nodes := make([]any, len(things))
		for i, thing := range things {
			nodes[i] = thing.node()
		}
		data, err := json.Marshal(struct {
			Context string `json:"@context"`
			Graph   []any  `json:"@graph"`
		}{"https://schema.org", nodes})
		if err != nil {
			return fmt.Errorf("describe page: %w", err)
		}
		for _, part := range [][]byte{[]byte(`<script type="application/ld+json">`), data, []byte(`</script>`)} {
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
		return nil
	})
}
