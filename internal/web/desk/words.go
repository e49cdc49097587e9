package desk

import (
	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/web"
	pages "awil/templates/desk"
)

// wordsOf fills the form of a language. Before the first approval the producer's own language has no text yet: what she
// wrote is what buyers will read.
func wordsOf(u catalog.UnderReview, lang i18n.Lang) pages.Words {
	w := pages.Words{Lang: lang}
	if t, there := u.Texts[lang]; there {
		w.Name, w.Summary, w.Story, w.Composition = t.Name, t.Summary, t.Story, t.Composition
	} else if s := u.Product.Source; s.Lang == lang {
		w.Name, w.Story, w.Composition = s.Name, s.Story, s.Composition
	}
	for _, v := range u.Product.Variants {
		w.Variants = append(w.Variants, v.ID)
		w.Labels = append(w.Labels, labelIn(u.Labels, v.ID, lang))
	}
	return w
}

func labelIn(all []catalog.Label, variant int64, lang i18n.Lang) string {
	for _, l := range all {
		if l.VariantID == variant && l.Lang == lang {
			return l.Label
		}
	}
	return ""
}

func (d *Desk) saveWords(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	var form pages.Words
	err = web.Decode(c, &form)
	if err == nil {
		err = d.keepWords(c, id, form)
	}
	if problems := web.Problems(err); problems != nil {
		return d.show(c, string(form.Lang), problems, func(l *pages.Listing) { l.Words = form })
	}
	if err != nil {
		return err
	}
	return web.Done(c, at(c, form.Lang), wordsSaved(form.Ready), "lang", named(c, form.Lang))
}

func wordsSaved(ready bool) string {
	if ready {
		return "desk.words.is_ready"
	}
	return "desk.words.is_draft"
}

// named is a language in the language of the page.
func named(c echo.Context, lang i18n.Lang) string { return i18n.For(web.Lang(c)).Language(lang) }

func (d *Desk) keepWords(c echo.Context, id int64, form pages.Words) error {
	if err := needLang(form.Lang); err != nil {
		return err
	}
	if len(form.Labels) != len(form.Variants) {
		return errs.E(errs.Invalid, "labels and variants differ in number")
	}
	ctx := c.Request().Context()
	u, err := d.Catalog.ForReview(ctx, id)
	if err != nil {
		return err
	}
	var labels []catalog.Label
	for i, v := range form.Variants {
		if form.Labels[i] != labelIn(u.Labels, v, form.Lang) {
			labels = append(labels, catalog.Label{VariantID: v, Lang: form.Lang, Label: form.Labels[i]})
		}
	}
	return d.Catalog.SaveWords(ctx, by(c), id, catalog.TextEdit{Lang: form.Lang, Name: form.Name, Summary: form.Summary,
		Story: form.Story, Composition: form.Composition, Ready: form.Ready}, labels)
}
