package desk

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/producers"
	"awil/internal/web"
	pages "awil/templates/desk"
)

const producersPath = "/desk/producers"

func (d *Desk) registerProducers(desk web.Routes) {
	desk.GET("/producers", web.Curator, d.producers)
	desk.GET("/producers/:id", web.Curator, d.producer)
	desk.POST("/producers/:id/words", web.Curator, d.producerWords)
	desk.POST("/producers/:id/approve", web.Curator, d.approveWords)
}

func (d *Desk) producers(c echo.Context) error {
	p, err := d.page(c, "desk.producers.title", producersPath)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	var form struct {
		Text string `form:"q" max:"100"`
	}
	if err := filters(c, &form); err != nil {
		return err
	}
	view := pages.ProducersPage{Page: p, Text: form.Text}
	if view.Producers, view.Next, err = d.Producers.Desk(ctx, p.Lang(), form.Text, pageOf(c)); err != nil {
		return err
	}
	if view.NewWords, err = d.Producers.NewWords(ctx); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.Producers(view))
}

func (d *Desk) producer(c echo.Context) error {
	return d.showProducer(c, c.QueryParam("lang"), nil, nil)
}

func (d *Desk) showProducer(c echo.Context, lang string, problems *errs.Fields, words *pages.ProducerWords) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	p, err := d.page(c, "desk.producers.title", producersPath)
	if err != nil {
		return err
	}
	view := pages.ProducerPage{Page: p}
	if err := d.fillProducer(c.Request().Context(), &view, id, lang); err != nil {
		return err
	}
	if words != nil {
		view.Words = *words
	}
	view.Title, view.Problems, view.Path = view.Producer.Name, problems, producersPath+"/"+decimal(id)
	return web.Render(c, web.FormStatus(problems), pages.Producer(view))
}

func (d *Desk) fillProducer(ctx context.Context, view *pages.ProducerPage, id int64, lang string) (err error) {
	if view.Producer, err = d.Producers.ByID(ctx, view.Page.Lang(), id); err != nil {
		return err
	}
	if view.Texts, err = d.Producers.Texts(ctx, id); err != nil {
		return err
	}
	if view.Source, err = d.Producers.Own(ctx, id); err != nil {
		return err
	}
	waiting, err := d.Producers.NewWords(ctx)
	if err != nil {
		return err
	}
	usual := untranslated(view.Texts)
	if view.NewWords = slices.Contains(waiting, id); view.NewWords {
		usual = view.Source.Lang // what buyers read of it stands beside it
	}
	view.Lang = language(lang, usual)
	t, there := view.Texts[view.Lang]
	if !there && view.Lang == view.Source.Lang {
		t = view.Source
	}
	view.Words = pages.ProducerWords{Lang: view.Lang, Name: t.Name, Story: t.Story, Words: t.Words}
	return nil
}

// untranslated is the first language that asks for work, else English.
func untranslated(texts map[i18n.Lang]producers.Written) i18n.Lang {
	for _, lang := range i18n.Langs() {
		if t, there := texts[lang]; !there || t.State == producers.TextDraft || t.State == producers.TextStale {
			return lang
		}
	}
	return i18n.EN
}

func (d *Desk) producerWords(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	var form pages.ProducerWords
	err = web.Decode(c, &form)
	if err == nil {
		err = d.keepProducerWords(c.Request().Context(), by(c), id, form)
	}
	if problems := web.Problems(err); problems != nil {
		return d.showProducer(c, string(form.Lang), problems, &form)
	}
	if err != nil {
		return err
	}
	return web.Done(c, producersPath+"/"+decimal(id)+"?lang="+string(form.Lang), "desk.words.is_ready", "lang", named(c, form.Lang))
}

// approveWords lets buyers read what a producer wrote.
func (d *Desk) approveWords(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	page := producersPath + "/" + decimal(id)
	seen, err := time.Parse(time.RFC3339Nano, c.FormValue("seen"))
	if err != nil {
		seen = time.Time{} // she has written nothing at no time: it has to be read again
	}
	err = d.Catalog.ApproveProducerWords(c.Request().Context(), by(c), id, seen)
	if conflict(err) {
		return moved(c, page, "desk.producers.moved_on")
	}
	if err != nil {
		return err
	}
	return web.Done(c, page, "desk.producers.words_approved")
}

func (d *Desk) keepProducerWords(ctx context.Context, staff, id int64, form pages.ProducerWords) error {
	if err := needLang(form.Lang); err != nil {
		return err
	}
	if form.Name == "" {
		var f errs.Fields
		f.Add("name", "errors.required")
		return f.Err()
	}
	text := producers.Text{Name: form.Name, Story: form.Story, Words: form.Words}
	return d.Catalog.TranslateProducer(ctx, staff, id, form.Lang, text)
}
