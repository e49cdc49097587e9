package desk

import (
	"slices"

	"github.com/labstack/echo/v4"

	"awil/internal/curation"
	"awil/internal/errs"
	"awil/internal/web"
)

// moveFeature moves a feature one place up (-1) or down (1).
func (d *Desk) moveFeature(places int) echo.HandlerFunc {
	return func(c echo.Context) error {
		id, err := number(c, "id")
		if err != nil {
			return err
		}
		market := c.FormValue("market")
		kind, order, err := d.orderOf(c, market, id)
		if err != nil {
			return err
		}
		if !shift(order, id, places) {
			return web.Redirect(c, featuresPath+"?market="+market)
		}
		err = d.Curation.Reorder(c.Request().Context(), by(c), market, kind, order)
		if conflict(err) {
			return moved(c, featuresPath+"?market="+market, "desk.features.changed")
		}
		if err != nil {
			return err
		}
		return web.Done(c, featuresPath+"?market="+market, "desk.features.moved")
	}
}

// orderOf is the features of a market of the same kind as one of them.
func (d *Desk) orderOf(c echo.Context, market string, id int64) (curation.Kind, []int64, error) {
	list, err := d.Curation.Features(c.Request().Context(), web.Lang(c), market)
	if err != nil {
		return "", nil, err
	}
	i := slices.IndexFunc(list, func(f curation.FeatureItem) bool { return f.ID == id })
	if i < 0 {
		return "", nil, errs.E(errs.NotFound, "no such feature in the market")
	}
	var ids []int64
	for _, f := range list {
		if f.Kind == list[i].Kind {
			ids = append(ids, f.ID)
		}
	}
	return list[i].Kind, ids, nil
}

// shift exchanges an id with its neighbour; at an end of the list there is none.
func shift(ids []int64, id int64, places int) bool {
	i := slices.Index(ids, id)
	to := i + places
	if i < 0 || to < 0 || to >= len(ids) {
		return false
	}
	ids[i], ids[to] = ids[to], ids[i]
	return true
}

func (d *Desk) removeFeature(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	market := c.FormValue("market")
	if _, _, err := d.orderOf(c, market, id); err != nil {
		return err
	}
	if err := d.Curation.Remove(c.Request().Context(), by(c), id); err != nil {
		return err
	}
	return web.Done(c, featuresPath+"?market="+market, "desk.features.removed")
}
