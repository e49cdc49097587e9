package demo

import (
	"bytes"
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"awil/assets/demo"
	"awil/internal/demo/content"
	"awil/internal/i18n"
	"awil/internal/photos"
	"awil/internal/places"
)

// pictures uploads the villages' header pictures; they belong to the programme.
func (l *loader) pictures(ctx context.Context) error {
	l.files = map[string]photos.Photo{}
	for _, hero := range l.programme.Heroes {
		photo, err := l.upload(ctx, photos.Owner{AccountID: l.curator}, hero, i18n.EN)
		if err != nil {
			return err
		}
		l.files[hero.File] = photo
	}
	return nil
}

// upload sends a picture as a maker's phone would, with its words.
func (l *loader) upload(ctx context.Context, owner photos.Owner, p content.Photo, source i18n.Lang) (photos.Photo, error) {
	data, err := demo.Files.ReadFile("photos/" + p.File)
	if err != nil {
		return photos.Photo{}, fmt.Errorf("picture: %w", err)
	}
	photo, err := l.Photos.Upload(ctx, owner, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return photos.Photo{}, fmt.Errorf("picture %s: %w", p.File, err)
	}
	for lang, alt := range p.Alt {
		state := photos.Approved
		if lang == source {
			state = photos.Source
		}
		if err := l.Photos.SetAlt(ctx, photo.ID, lang, photos.Text{Alt: alt, State: state}); err != nil {
			return photos.Photo{}, err
		}
	}
	return photo, nil
}

// uploadAll sends the pictures of a maker's product, two at a time: more would not be quicker on a small machine.
func (l *loader) uploadAll(ctx context.Context, owner photos.Owner, list []content.Photo, source i18n.Lang) ([]photos.Photo, error) {
	done := make([]photos.Photo, len(list))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for i, p := range list {
		group.Go(func() (err error) {
			done[i], err = l.upload(ctx, owner, p, source)
			return err
		})
	}
	return done, group.Wait()
}

// places writes regions, districts and villages.
func (l *loader) places(ctx context.Context) error {
	for _, r := range l.programme.Regions {
		if _, err := l.Places.SaveRegion(ctx, places.NewRegion{Slug: r.Slug, Country: r.Country, ISO: r.ISO, Names: places.Names(r.Name)}); err != nil {
			return fmt.Errorf("region %s: %w", r.Slug, err)
		}
	}
	for _, d := range l.programme.Districts {
		if _, err := l.Places.SaveDistrict(ctx, places.NewDistrict{Slug: d.Slug, RegionSlug: d.Region, Names: places.Names(d.Name)}); err != nil {
			return fmt.Errorf("district %s: %w", d.Slug, err)
		}
	}
	l.villages = map[string]int64{}
	for _, v := range l.programme.Villages {
		texts := map[i18n.Lang]places.VillageText{}
		for lang, name := range v.Name {
			texts[lang] = places.VillageText{Name: name, Summary: v.Summary[lang], Story: v.Story[lang]}
		}
		hero := l.files[v.Hero].ID
		id, err := l.Places.SaveVillage(ctx, places.NewVillage{Slug: v.Slug, DistrictSlug: v.District, Latitude: v.Latitude,
			Longitude: v.Longitude, HeroPhotoID: &hero, Source: i18n.EN, Texts: texts})
		if err != nil {
			return fmt.Errorf("village %s: %w", v.Slug, err)
		}
		l.villages[v.Slug] = id
	}
	return nil
}
