package demo

import (
	"context"
	"fmt"
	"time"

	"awil/internal/catalog"
	"awil/internal/demo/content"
	"awil/internal/i18n"
	"awil/internal/photos"
	"awil/internal/producers"
)

// goods writes the shelves, the makers and what they sell: each listing is written in its maker's language, sent,
// translated and approved.
func (l *loader) goods(ctx context.Context) error {
	l.categories, l.products, l.makers = map[string]int64{}, map[string]int64{}, map[string]catalog.Maker{}
	for position, c := range l.programme.Categories {
		id, err := l.Catalog.SaveCategory(ctx, catalog.NewCategory{Slug: c.Slug, ParentSlug: c.Parent, Food: c.Food,
			Position: position, Names: c.Name})
		if err != nil {
			return fmt.Errorf("category %s: %w", c.Slug, err)
		}
		l.categories[c.Slug] = id
	}
	there, err := l.makersThere(ctx)
	if err != nil {
		return err
	}
	for _, p := range l.programme.Producers {
		maker, err := l.maker(ctx, p, there)
		if err != nil {
			return fmt.Errorf("maker %s: %w", p.Slug, err)
		}
		l.makers[p.Slug] = maker
		for _, product := range p.Products {
			if err := l.product(ctx, p, maker, product); err != nil {
				return fmt.Errorf("product %s: %w", product.Slug, err)
			}
		}
	}
	return nil
}

// makersThere finds the makers an interrupted load has written, by name.
func (l *loader) makersThere(ctx context.Context) (map[string]int64, error) {
	all, err := l.Producers.All(ctx, i18n.EN)
	if err != nil {
		return nil, err
	}
	there := map[string]int64{}
	for _, p := range all {
		there[p.Name] = p.ID
	}
	return there, nil
}

func (l *loader) maker(ctx context.Context, p content.Producer, there map[string]int64) (catalog.Maker, error) {
	by := catalog.Maker{ProducerID: there[p.Name[i18n.EN]], AccountID: l.curator}
	if by.ProducerID == 0 {
		since := p.Since
		id, err := l.Producers.Create(ctx, producers.NewProducer{Text: words(p, p.Language), Kind: producers.Kind(p.Kind),
			VillageID: l.villages[p.Village], Currency: p.Currency, SinceYear: &since, WomenLed: p.WomenLed, MarkSVG: p.MarkSVG,
			Source: p.Language, State: producers.Joining})
		if err != nil {
			return by, err
		}
		by.ProducerID = id
	}
	for _, lang := range i18n.Langs() {
		if lang == p.Language {
			continue
		}
		if err := l.Producers.SaveTranslation(ctx, l.curator, by.ProducerID, lang, words(p, lang)); err != nil {
			return by, err
		}
	}
	if account, ok := l.accounts[p.Slug]; ok {
		by.AccountID = account
		return by, l.Producers.AddMember(ctx, by.ProducerID, account, producers.Owner)
	}
	return by, nil
}

func words(p content.Producer, lang i18n.Lang) producers.Text {
	return producers.Text{Name: p.Name[lang], Story: p.Story[lang], Words: p.Words[lang]}
}

func (l *loader) product(ctx context.Context, p content.Producer, by catalog.Maker, c content.Product) error {
	mine, err := l.Catalog.Studio(ctx, by.ProducerID)
	if err != nil {
		return err
	}
	for _, item := range mine {
		if item.Name != c.Name[p.Language] {
			continue
		}
		l.products[c.Slug] = item.ID
		if item.State == catalog.Approved || item.Published && item.State == catalog.Submitted {
			return nil
		}
		if item.State != catalog.Withdrawn { // half written by a load that was interrupted
			if err := l.Catalog.Withdraw(ctx, by, item.ID); err != nil {
				return err
			}
		}
	}
	id, err := l.Catalog.CreateDraft(ctx, by, p.Language)
	if err != nil {
		return err
	}
	l.products[c.Slug] = id
	if err := l.write(ctx, p, by, id, c); err != nil {
		return err
	}
	if err := l.Catalog.Submit(ctx, by, id); err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	return l.approve(ctx, id, c)
}

// write is the maker's part.
func (l *loader) write(ctx context.Context, p content.Producer, by catalog.Maker, id int64, c content.Product) error {
	name, story, composition := c.Name[p.Language], c.Story[p.Language], c.Composition[p.Language]
	if err := l.Catalog.SaveSource(ctx, by, id, catalog.SourceEdit{Name: &name, Story: &story, Composition: &composition}); err != nil {
		return err
	}
	if err := l.Catalog.SetCategory(ctx, by, id, l.categories[c.Category]); err != nil {
		return err
	}
	err := l.Catalog.SetFacts(ctx, by, id, catalog.Facts{ShelfDays: c.ShelfLifeDays, Storage: catalog.Storage(c.Storage),
		Allergens: catalog.Allergens{Contains: c.Allergens.Contains, MayContain: c.Allergens.MayContain}})
	if err != nil {
		return err
	}
	season := catalog.Season{From: time.Month(c.Season.From), To: time.Month(c.Season.To)}
	if err := l.Catalog.SetSeason(ctx, by, id, season); err != nil {
		return err
	}
	for _, v := range c.Variants {
		if err := l.variant(ctx, p, by, id, v); err != nil {
			return err
		}
	}
	pictures, err := l.uploadAll(ctx, photos.Owner{ProducerID: by.ProducerID, AccountID: by.AccountID}, c.Photos, p.Language)
	if err != nil {
		return err
	}
	for _, photo := range pictures {
		if err := l.Catalog.AddPhoto(ctx, by, id, photo.ID); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) variant(ctx context.Context, p content.Producer, by catalog.Maker, id int64, v content.Variant) error {
	price, err := v.Amount(p.Currency)
	if err != nil {
		return err
	}
	quantity := v.Net.Quantity
	variant, err := l.Catalog.SaveVariant(ctx, by, id, catalog.VariantEdit{NetQuantity: &quantity, NetUnit: catalog.Unit(v.Net.Unit),
		WeightGrams: v.WeightGrams, PriceMinor: price.Minor, Stock: v.Stock, Label: v.Label[p.Language]})
	if err != nil {
		return err
	}
	for lang, label := range v.Label {
		if err := l.Catalog.SaveLabel(ctx, l.curator, id, catalog.Label{VariantID: variant, Lang: lang, Label: label}); err != nil {
			return err
		}
	}
	return nil
}

// approve is staff's part.
func (l *loader) approve(ctx context.Context, id int64, c content.Product) error {
	for _, lang := range i18n.Langs() {
		err := l.Catalog.SaveText(ctx, l.curator, id, catalog.TextEdit{Lang: lang, Name: c.Name[lang], Summary: c.Summary[lang],
			Story: c.Story[lang], Composition: c.Composition[lang], Ready: true})
		if err != nil {
			return fmt.Errorf("text %s: %w", lang, err)
		}
	}
	if err := l.Catalog.SetHS(ctx, l.curator, id, c.HSCode); err != nil {
		return err
	}
	if err := l.Catalog.SetMarkets(ctx, l.curator, id, c.Markets); err != nil {
		return err
	}
	return l.Catalog.Approve(ctx, l.curator, id)
}

// ask has some makers add a sentence to an approved listing, which sends it to the programme again while buyers go on
// reading what was approved.
func (l *loader) ask(ctx context.Context) error {
	additions := map[string]string{}
	for _, a := range l.programme.Waiting {
		additions[a.Product] = a.Adds
	}
	for _, p := range l.programme.Producers {
		for _, c := range p.Products {
			adds := additions[c.Slug]
			if adds == "" {
				continue
			}
			story := c.Story[p.Language] + " " + adds
			err := l.Catalog.SaveSource(ctx, l.makers[p.Slug], l.products[c.Slug], catalog.SourceEdit{Story: &story})
			if err != nil {
				return fmt.Errorf("product %s: %w", c.Slug, err)
			}
		}
	}
	return nil
}
