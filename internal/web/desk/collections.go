package desk

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/curation"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/web"
	pages "awil/templates/desk"
)

const collectionsPath = "/desk/collections"

func (d *Desk) registerCollections(desk web.Routes) {
	desk.GET("/collections", web.Curator, d.collections)
	desk.POST("/collections", web.Curator, d.newCollection)
	desk.GET("/collections/:id", web.Curator, d.collection)
	desk.POST("/collections/:id/words", web.Curator, d.collectionWords)
	desk.POST("/collections/:id/items", web.Curator, d.collectionItems)
	desk.POST("/collections/:id/publish", web.Curator, d.collectionAction("desk.collections.is_published", (*curation.Service).Publish))
	desk.POST("/collections/:id/unpublish", web.Curator, d.collectionAction("desk.collections.is_unpublished", (*curation.Service).Unpublish))
	desk.POST("/collections/:id/delete", web.Curator, d.deleteCollection)
}

func (d *Desk) collections(c echo.Context) error {
	return d.showCollections(c, pages.NewCollection{Lang: web.Lang(c)}, nil)
}

func (d *Desk) showCollections(c echo.Context, form pages.NewCollection, problems *errs.Fields) error {
	p, err := d.page(c, "desk.collections.title", collectionsPath)
	if err != nil {
		return err
	}
	view := pages.CollectionsPage{Page: p, Form: form}
	ctx := c.Request().Context()
	if view.Collections, err = d.Curation.ForDesk(ctx, p.Lang()); err != nil {
		return err
	}
	var ids []int64
	for _, set := range view.Collections {
		ids = append(ids, set.PhotoIDs...)
	}
	if view.Pictures, err = d.pictures(ctx, ids...); err != nil {
		return err
	}
	view.Problems = problems
	return web.Render(c, web.FormStatus(problems), pages.Collections(view))
}

func (d *Desk) newCollection(c echo.Context) error {
	var form pages.NewCollection
	err := web.Decode(c, &form)
	var id int64
	if err == nil {
		form.Lang = language(string(form.Lang), web.Lang(c))
		id, err = d.Curation.CreateCollection(c.Request().Context(), by(c), "", curation.Text{Lang: form.Lang, Name: form.Name, Summary: form.Summary})
	}
	if problems := web.Problems(err); problems != nil {
		return d.showCollections(c, form, onName(problems))
	}
	if err != nil {
		return err
	}
	return web.Done(c, collectionsPath+"/"+decimal(id), "desk.collections.created")
}

// onName puts what is wrong with the address beside the name it is made from.
func onName(problems *errs.Fields) *errs.Fields {
	var at errs.Fields
	for _, f := range problems.All() {
		switch {
		case f.Name == "slug" && f.Key == "errors.required":
			at.Add("name", "desk.collections.no_slug")
		case f.Name == "slug":
			at.Add("name", "desk.collections.taken")
		default:
			at.Add(f.Name, f.Key, f.Args...)
		}
	}
	return &at
}

func (d *Desk) collection(c echo.Context) error {
	return d.showCollection(c, c.QueryParam("lang"), nil, nil)
}

func (d *Desk) showCollection(c echo.Context, lang string, problems *errs.Fields, words *pages.CollectionWords) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	p, err := d.page(c, "desk.collections.title", collectionsPath)
	if err != nil {
		return err
	}
	view := pages.CollectionPage{Page: p, Search: c.QueryParam("q")}
	if err := d.fillCollection(c.Request().Context(), &view, id, lang); err != nil {
		return err
	}
	if words != nil {
		view.Words = *words
	}
	view.Title, view.Problems = view.Collection.Texts[view.Collection.SourceLang].Name, problems
	view.Path = collectionsPath + "/" + decimal(id)
	return web.Render(c, web.FormStatus(problems), pages.Collection(view))
}

func (d *Desk) fillCollection(ctx context.Context, view *pages.CollectionPage, id int64, lang string) (err error) {
	if view.Collection, err = d.Curation.Edit(ctx, view.Page.Lang(), id); err != nil {
		return err
	}
	view.Lang = language(lang, view.Collection.SourceLang)
	t := view.Collection.Texts[view.Lang]
	view.Words = pages.CollectionWords{Lang: view.Lang, Name: t.Name, Summary: t.Summary}
	list, err := d.choices(ctx, view.Page.Lang(), view.Search)
	view.Choices = slices.DeleteFunc(list, func(i curation.Item) bool {
		return slices.ContainsFunc(view.Collection.Items, func(in curation.Item) bool { return in.ProductID == i.ProductID })
	})
	return err
}

func (d *Desk) collectionWords(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	var form pages.CollectionWords
	err = web.Decode(c, &form)
	if err == nil {
		err = needLang(form.Lang)
	}
	if err == nil {
		text := curation.Text{Lang: form.Lang, Name: form.Name, Summary: form.Summary, State: stateOf(form.Ready)}
		err = d.Curation.SaveText(c.Request().Context(), by(c), id, text)
	}
	if problems := web.Problems(err); problems != nil {
		return d.showCollection(c, string(form.Lang), problems, &form)
	}
	if err != nil {
		return err
	}
	return web.Done(c, collectionAt(id, form.Lang), wordsSaved(form.Ready), "lang", named(c, form.Lang))
}

func stateOf(ready bool) catalog.TextState {
	if ready {
		return catalog.TextApproved
	}
	return catalog.TextDraft
}

func collectionAt(id int64, lang i18n.Lang) string {
	return collectionsPath + "/" + decimal(id) + "?lang=" + string(lang)
}

// collectionAction does one of the things a button does to a collection.
func (d *Desk) collectionAction(done string, do func(*curation.Service, context.Context, int64, int64) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		id, err := number(c, "id")
		if err != nil {
			return err
		}
		if err := do(d.Curation, c.Request().Context(), by(c), id); err != nil {
			return err
		}
		return web.Done(c, collectionsPath+"/"+decimal(id), done)
	}
}

func (d *Desk) deleteCollection(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	if err := d.Curation.Delete(c.Request().Context(), by(c), id); err != nil {
		return err
	}
	return web.Done(c, collectionsPath, "desk.collections.deleted")
}

// itemsForm is the order as the page showed it, and the one button that was pressed.
type itemsForm struct {
	Products []int64 `form:"product"`
	Up       int64   `form:"up"`
	Down     int64   `form:"down"`
	Remove   int64   `form:"remove"`
	Add      int64   `form:"add"`
}

// after is the order once the button has done its work.
func (f itemsForm) after() []int64 {
	ids := slices.Clone(f.Products)
	shift(ids, f.Up, -1)
	shift(ids, f.Down, 1)
	ids = slices.DeleteFunc(ids, func(id int64) bool { return id == f.Remove })
	if f.Add != 0 && !slices.Contains(ids, f.Add) {
		ids = append(ids, f.Add)
	}
	return ids
}

func (d *Desk) collectionItems(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	var form itemsForm
	err = web.Decode(c, &form)
	if err == nil {
		err = d.Curation.SetItems(c.Request().Context(), by(c), id, form.after())
	}
	if problems := web.Problems(err); problems != nil {
		return d.showCollection(c, "", problems, nil)
	}
	if err != nil {
		return err
	}
	return web.Done(c, collectionsPath+"/"+decimal(id)+"#items", "desk.collections.items_saved")
}
