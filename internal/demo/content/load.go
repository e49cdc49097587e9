package content

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"

	"awil/assets/demo"
)

// Meta says how far a file can be trusted.
type Meta struct {
	Review string // "native" when native speakers have read it, else "needed"
	Note   string
}

// Load reads the whole programme. It refuses fields it does not know, and a
// text in fewer than six languages; that references between files hold is
// the business of the package's test.
func Load() (Programme, error) {
	var p Programme
	var places struct {
		Meta      Meta `json:"_meta"`
		Regions   []Region
		Districts []District
	}
	var markets struct {
		Meta    Meta `json:"_meta"`
		Markets []Market
		Rates   []Rate
	}
	var head struct {
		Meta Meta `json:"_meta"`
		Head
	}
	steps := []func() error{
		func() error { return read("programme.json", &head) },
		func() error { return read("places.json", &places) },
		func() error { return read("markets.json", &markets) },
		func() error { return list("countries.json", "countries", &p.Countries) },
		func() error { return list("heroes.json", "photos", &p.Heroes) },
		func() error { return list("categories.json", "categories", &p.Categories) },
		func() error { return list("collections.json", "collections", &p.Collections) },
		func() error { return list("features.json", "features", &p.Features) },
		func() error { return list("assessments.json", "assessments", &p.Assessments) },
		func() error { return list("waiting.json", "waiting", &p.Waiting) },
		func() error { return list("shipping.json", "methods", &p.Shipping) },
		p.loadVillages,
		p.loadProducers,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return Programme{}, err
		}
	}
	p.Head = head.Head
	p.Regions, p.Districts = places.Regions, places.Districts
	p.Markets, p.Rates = markets.Markets, markets.Rates
	return p, nil
}

func (p *Programme) loadVillages() error {
	names, err := fs.Glob(files, "villages/*.json")
	if err != nil {
		return fmt.Errorf("demo villages: %w", err)
	}
	for _, name := range names {
		var some []Village
		if err := list(name, "villages", &some); err != nil {
			return err
		}
		p.Villages = append(p.Villages, some...)
	}
	return nil
}

func (p *Programme) loadProducers() error {
	names, err := fs.Glob(files, "producers/*.json")
	if err != nil {
		return fmt.Errorf("demo producers: %w", err)
	}
	for _, name := range names {
		var maker struct {
			Meta Meta `json:"_meta"`
			Producer
		}
		if err := read(name, &maker); err != nil {
			return err
		}
		mark, err := demo.Files.ReadFile(path.Join("marks", maker.Slug+".svg"))
		if err != nil {
			return fmt.Errorf("mark of %s: %w", maker.Slug, err)
		}
		maker.MarkSVG = string(mark)
		p.Producers = append(p.Producers, maker.Producer)
	}
	return nil
}

// list reads a file that holds, besides its _meta, one array called key.
func list[T any](name, key string, into *[]T) error {
	var members map[string]json.RawMessage
	if err := read(name, &members); err != nil {
		return err
	}
	for member, raw := range members {
		switch member {
		case key:
			if err := decode(raw, into); err != nil {
				return fmt.Errorf("demo content %s: %w", name, err)
			}
		case "_meta":
			if err := decode(raw, &Meta{}); err != nil {
				return fmt.Errorf("demo content %s: %w", name, err)
			}
		default:
			return fmt.Errorf("demo content %s: unknown member %q", name, member)
		}
	}
	return nil
}

func read(name string, into any) error {
	data, err := files.ReadFile(name)
	if err != nil {
		return fmt.Errorf("demo content: %w", err)
	}
	if err := decode(data, into); err != nil {
		return fmt.Errorf("demo content %s: %w", name, err)
	}
	return nil
}

func decode(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("strict JSON: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF { //nolint:errorlint // Token returns io.EOF itself
		return fmt.Errorf("something follows the document")
	}
	return nil
}
