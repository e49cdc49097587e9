package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"awil/internal/curation"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/search"
	"awil/internal/web"
	pages "awil/templates/desk"
	"awil/templates/part"
)

const featuresPath = "/desk/features"

// choices is how many products a search for one to put forward offers.
const choices = 30

func (d *Desk) registerFeatures(desk web.Routes) {
	desk.GET("/features", web.Curator, d.features)
	desk.POST("/features", web.Curator, d.addFeature)
	desk.POST("/features/:id/times", web.Curator, d.timeFeature)
	desk.POST("/features/:id/up", web.Curator, d.moveFeature(-1))
	desk.POST("/features/:id/down", web.Curator, d.moveFeature(1))
	desk.POST("/features/:id/remove", web.Curator, d.removeFeature)
}

func (d *Desk) features(c echo.Context) error {
	return d.showFeatures(c, c.QueryParam("market"), nil, nil)
}

func (d *Desk) showFeatures(c echo.Context, market string, problems *errs.Fields, typed func(*pages.FeaturesPage)) error {
	p, err := d.page(c, "desk.features.title", featuresPath)
	if err != nil {
		return err
	}
	view := pages.FeaturesPage{Page: p, Search: c.QueryParam("q")}
	if err := d.fillFeatures(c.Request().Context(), &view, market); err != nil {
		return err
	}
	view.Path, view.Problems = featuresPath, problems
	view.Form.Starts = view.Local(view.Now)
	if typed != nil {
		typed(&view)
	}
	return web.Render(c, web.FormStatus(problems), pages.Features(view))
}

func (d *Desk) fillFeatures(ctx context.Context, view *pages.FeaturesPage, market string) (err error) {
	if view.Markets, err = d.Markets.All(ctx); err != nil {
		return err
	}
	if len(view.Markets) == 0 {
		return errs.E(errs.NotFound, "no markets yet")
	}
	view.Market = view.Markets[0]
	if i := slices.IndexFunc(view.Markets, func(m marketOf) bool { return m.Code == market }); i >= 0 {
		view.Market = view.Markets[i]
	} else if market != "" {
		return errs.E(errs.NotFound, "no market "+market)
	}
	if view.Home, err = d.Curation.Home(ctx, view.Market.Code, view.Market.DefaultLang); err != nil {
		return err
	}
	if err := d.fillRows(ctx, view); err != nil {
		return err
	}
	return d.fillChoices(ctx, view)
}

// fillRows lists the features with their pictures.
func (d *Desk) fillRows(ctx context.Context, view *pages.FeaturesPage) error {
	list, err := d.Curation.Features(ctx, view.Lang(), view.Market.Code)
	if err != nil {
		return err
	}
	photoOf, err := d.featurePhotos(ctx, view, list)
	if err != nil {
		return err
	}
	var ids []int64
	for _, f := range list {
		row := pages.FeatureRow{FeatureItem: f, PhotoID: photoOf[f.ID], Starts: view.Local(f.StartsAt), Ends: view.LocalOr(f.EndsAt)}
		ids = append(ids, row.PhotoID)
		if f.Kind == curation.OfCollection {
			view.Collections = append(view.Collections, row)
		} else {
			view.Products = append(view.Products, row)
		}
	}
	for _, rows := range [][]pages.FeatureRow{view.Products, view.Collections} {
		if len(rows) > 0 {
			rows[0].First, rows[len(rows)-1].Last = true, true
		}
	}
	for _, card := range view.Home.Products {
		ids = append(ids, card.PhotoID)
	}
	for _, set := range view.Home.Collections {
		ids = append(ids, set.PhotoIDs...)
	}
	view.Pictures, err = d.pictures(ctx, ids...)
	return err
}

// featurePhotos finds a picture for each feature.
func (d *Desk) featurePhotos(ctx context.Context, view *pages.FeaturesPage, list []curation.FeatureItem) (map[int64]int64, error) {
	var products []int64
	for _, f := range list {
		if f.ProductID != nil {
			products = append(products, *f.ProductID)
		}
	}
	cards, err := d.Catalog.CardsByIDs(ctx, view.Market.Code, view.Lang(), products)
	if err != nil {
		return nil, err
	}
	sets, err := d.Curation.ForDesk(ctx, view.Lang())
	if err != nil {
		return nil, err
	}
	for _, s := range sets {
		if s.PublishedAt != nil {
			view.Sets = append(view.Sets, part.Option{Value: "collection:" + decimal(s.ID), Text: s.Name})
		}
	}
	photoOf := map[int64]int64{}
	for _, f := range list {
		for _, card := range cards {
			if f.ProductID != nil && *f.ProductID == card.ID {
				photoOf[f.ID] = card.PhotoID
			}
		}
		for _, s := range sets {
			if f.CollectionID != nil && *f.CollectionID == s.ID && len(s.PhotoIDs) > 0 {
				photoOf[f.ID] = s.PhotoIDs[0]
			}
		}
	}
	return photoOf, nil
}

func (d *Desk) fillChoices(ctx context.Context, view *pages.FeaturesPage) error {
	items, err := d.choices(ctx, view.Lang(), view.Search)
	for _, i := range items {
		view.Choices = append(view.Choices, part.Option{Value: "product:" + decimal(i.ProductID), Text: i.Name})
	}
	return err
}

// choices are products to put forward that are called what is sought.
func (d *Desk) choices(ctx context.Context, lang i18n.Lang, text string) ([]curation.Item, error) {
	words, ok := search.NameQuery(text)
	if !ok && strings.TrimSpace(text) != "" {
		return nil, nil
	}
	return d.Curation.Choices(ctx, lang, words, choices)
}

func (d *Desk) addFeature(c echo.Context) error {
	var form pages.NewFeature
	err := web.Decode(c, &form)
	if err == nil {
		err = d.placeFeature(c, form)
	}
	if problems := web.Problems(err); problems != nil {
		if problems.Has("market") {
			return errs.E(errs.NotFound, "no market "+form.Market)
		}
		return d.showFeatures(c, form.Market, problems, func(p *pages.FeaturesPage) { p.Form = form })
	}
	if err != nil {
		return err
	}
	return web.Done(c, featuresPath+"?market="+form.Market, "desk.features.added")
}

func (d *Desk) placeFeature(c echo.Context, form pages.NewFeature) error {
	n := curation.NewFeature{Market: form.Market}
	var problems errs.Fields
	kind, number, _ := strings.Cut(form.Subject, ":")
	subject, _ := strconv.ParseInt(number, 10, 64) // 0, and so nothing chosen, for what is no number
	switch kind {
	case "product":
		n.ProductID = subject
	case "collection":
		n.CollectionID = subject
	}
	if subject <= 0 {
		problems.Add("subject", "errors.choose")
	}
	n.StartsAt, n.EndsAt = d.times(form.Starts, form.Ends, "starts", "ends", &problems)
	if err := problems.Err(); err != nil {
		return err
	}
	_, err := d.Curation.Feature(c.Request().Context(), by(c), n)
	return err
}

// times reads a beginning and an end, in the programme's zone; the end may be open.
func (d *Desk) times(starts, ends, startsName, endsName string, problems *errs.Fields) (from time.Time, until *time.Time) {
	from, err := d.moment(starts)
	if err != nil {
		problems.Add(startsName, "desk.features.no_time")
	}
	if ends == "" {
		return from, nil
	}
	end, err := d.moment(ends)
	if err != nil {
		problems.Add(endsName, "desk.features.no_time")
	}
	return from, &end
}

// moment reads an input of day and time; browsers may add seconds.
func (d *Desk) moment(text string) (time.Time, error) {
	t, err := time.ParseInLocation("2006-01-02T15:04", text, d.zone)
	if err != nil {
		t, err = time.ParseInLocation("2006-01-02T15:04:05", text, d.zone)
	}
	if err == nil && (t.Year() < 2000 || t.Year() > 2200) {
		err = errs.E(errs.Invalid, "a year out of range")
	}
	return t, err
}

// timesForm is a row of the list.
type timesForm struct {
	Market string `form:"market" max:"2"`
	Starts string `form:"starts" max:"20"`
	Ends   string `form:"ends" max:"20"`
}

func (d *Desk) timeFeature(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	var form timesForm
	err = web.Decode(c, &form)
	if err == nil {
		err = d.setTimes(c, id, form)
	}
	if problems := web.Problems(err); problems != nil {
		return d.showFeatures(c, form.Market, atRow(problems, id), func(p *pages.FeaturesPage) { typedTimes(p, id, form) })
	}
	if err != nil {
		return err
	}
	return web.Done(c, featuresPath+"?market="+form.Market, "desk.features.timed")
}

func (d *Desk) setTimes(c echo.Context, id int64, form timesForm) error {
	var problems errs.Fields
	from, until := d.times(form.Starts, form.Ends, "starts", "ends", &problems)
	if err := problems.Err(); err != nil {
		return err
	}
	return d.Curation.SetTimes(c.Request().Context(), by(c), id, from, until)
}

// atRow names the inputs of one row among many.
func atRow(problems *errs.Fields, id int64) *errs.Fields {
	var at errs.Fields
	for _, f := range problems.All() {
		name := f.Name
		if name == "subject" { // stands there from that moment already
			name = "starts"
		}
		at.Add(name+"-"+decimal(id), f.Key, f.Args...)
	}
	return &at
}

func typedTimes(p *pages.FeaturesPage, id int64, form timesForm) {
	for _, rows := range [][]pages.FeatureRow{p.Products, p.Collections} {
		for i := range rows {
			if rows[i].ID == id {
				rows[i].Starts, rows[i].Ends = form.Starts, form.Ends
			}
		}
	}
}
