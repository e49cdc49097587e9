package desk

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/paging"
	"awil/internal/search"
	"awil/internal/web"
	pages "awil/templates/desk"
)

// makerAction is something done with a listing on behalf of its producer.
type makerAction func(ctx context.Context, by catalog.Maker, productID int64) error

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func (d *Desk) registerProducts(desk web.Routes) {
	desk.GET("/products", web.Curator, d.products)
	desk.GET("/products.csv", web.Curator, d.productsFile)
}

// productsForm are the filters of the list.
type productsForm struct {
	Text  string        `form:"q" max:"100"`
	State catalog.State `form:"state" max:"20"`
}

// query leaves out what a hand-made address may hold.
func (f productsForm) query(page paging.Page) catalog.DeskQuery {
	if !slices.Contains(catalog.States, f.State) {
		f.State = ""
	}
	words, _ := search.NameQuery(f.Text)
	return catalog.DeskQuery{Text: f.Text, Words: words, Newest: search.AmongNewest, State: f.State, Page: page}
}

func (d *Desk) products(c echo.Context) error {
	p, err := d.page(c, "desk.products.title", "/desk/products")
	if err != nil {
		return err
	}
	var form productsForm
	if err := filters(c, &form); err != nil {
		return err
	}
	view := pages.ProductsPage{Page: p}
	if err := d.fillProducts(c.Request().Context(), &view, form.query(pageOf(c))); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.Products(view))
}

func (d *Desk) fillProducts(ctx context.Context, view *pages.ProductsPage, q catalog.DeskQuery) (err error) {
	q.Lang = view.Lang()
	view.Text, view.State = q.Text, q.State
	if view.Counts, err = d.Catalog.StateCounts(ctx); err != nil {
		return err
	}
	if view.Items, view.Next, err = d.Catalog.Desk(ctx, q); err != nil {
		return err
	}
	ids := make([]int64, len(view.Items))
	for i, item := range view.Items {
		ids[i] = item.PhotoID
	}
	view.Pictures, err = d.pictures(ctx, ids...)
	return err
}

func (d *Desk) productsFile(c echo.Context) error {
	var form productsForm
	if err := filters(c, &form); err != nil {
		return err
	}
	b := web.Base(c)
	head := []string{"id", b.T("desk.col.product"), b.T("desk.col.producer"), b.T("desk.col.shelf"), b.T("desk.col.state"),
		b.T("desk.col.markets"), b.T("desk.col.price"), b.T("desk.col.currency"), b.T("desk.col.stock"), b.T("desk.col.changed")}
	rows := func(ctx context.Context, page paging.Page) ([]catalog.DeskItem, string, error) {
		q := form.query(page)
		q.Lang = b.Lang()
		return d.Catalog.Desk(ctx, q)
	}
	return sendTable(c, "products", head, rows, func(i catalog.DeskItem) []string {
		price := ""
		if i.FromMinor != nil {
			price = i.Price().Decimal()
		}
		return []string{decimal(i.ID), i.Name, i.ProducerName, i.CategoryName, b.T("desk.state." + string(i.State)),
			listed(i.Markets), price, string(i.Currency), strconv.Itoa(i.Stock), d.stamp(i.UpdatedAt)}
	})
}
