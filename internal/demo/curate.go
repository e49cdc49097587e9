package demo

import (
	"context"
	"fmt"
	"time"

	"awil/internal/catalog"
	"awil/internal/curation"
	"awil/internal/demo/content"
	"awil/internal/i18n"
)

// curate writes the collections and what each market's home page shows.
func (l *loader) curate(ctx context.Context) error {
	there, err := l.Curation.ForDesk(ctx, i18n.EN)
	if err != nil {
		return err
	}
	collections := map[string]int64{}
	for _, c := range there {
		collections[c.Slug] = c.ID
	}
	for _, c := range l.programme.Collections {
		if collections[c.Slug] == 0 {
			if collections[c.Slug], err = l.Curation.CreateCollection(ctx, l.curator, c.Slug, collectionText(c, i18n.EN)); err != nil {
				return fmt.Errorf("collection %s: %w", c.Slug, err)
			}
		}
		if err := l.collection(ctx, collections[c.Slug], c); err != nil {
			return fmt.Errorf("collection %s: %w", c.Slug, err)
		}
	}
	for _, f := range l.programme.Features {
		if err := l.feature(ctx, f, collections); err != nil {
			return fmt.Errorf("home page of %s: %w", f.Market, err)
		}
	}
	return nil
}

func collectionText(c content.Collection, lang i18n.Lang) curation.Text {
	state := catalog.TextApproved
	if lang == i18n.EN {
		state = catalog.TextSource
	}
	return curation.Text{Lang: lang, Name: c.Name[lang], Summary: c.Summary[lang], State: state}
}

func (l *loader) collection(ctx context.Context, id int64, c content.Collection) error {
	for _, lang := range i18n.Langs() {
		if err := l.Curation.SaveText(ctx, l.curator, id, collectionText(c, lang)); err != nil {
			return err
		}
	}
	products := make([]int64, 0, len(c.Products))
	for _, slug := range c.Products {
		products = append(products, l.products[slug])
	}
	if err := l.Curation.SetItems(ctx, l.curator, id, products); err != nil {
		return err
	}
	return l.Curation.Publish(ctx, l.curator, id)
}

// feature replaces what a market's home page shows, from the day before so that it is there in every time zone.
func (l *loader) feature(ctx context.Context, f content.Feature, collections map[string]int64) error {
	before, err := l.Curation.Features(ctx, i18n.EN, f.Market)
	if err != nil {
		return err
	}
	for _, old := range before {
		if err := l.Curation.Remove(ctx, l.curator, old.ID); err != nil {
			return err
		}
	}
	from := l.started.UTC().Truncate(24*time.Hour).AddDate(0, 0, -1)
	for _, slug := range f.Products {
		if _, err := l.Curation.Feature(ctx, l.curator, curation.NewFeature{Market: f.Market, ProductID: l.products[slug], StartsAt: from}); err != nil {
			return fmt.Errorf("product %s: %w", slug, err)
		}
	}
	for _, slug := range f.Collections {
		if _, err := l.Curation.Feature(ctx, l.curator, curation.NewFeature{Market: f.Market, CollectionID: collections[slug], StartsAt: from}); err != nil {
			return fmt.Errorf("collection %s: %w", slug, err)
		}
	}
	return nil
}
