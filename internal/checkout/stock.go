package checkout

import (
	"context"
	"fmt"

	"awil/internal/catalog"
	"awil/internal/orders"
)

// goodsOf are the goods of an order about to be written.
func goodsOf(lines []orders.DraftLine) []catalog.Line {
	goods := make([]catalog.Line, len(lines))
	for i, l := range lines {
		goods[i] = catalog.Line{VariantID: l.VariantID, Quantity: l.Quantity}
	}
	return goods
}

// tookAll is a *ShortError if not all goods of an order could be taken out of
// stock.
func (s *Service) tookAll(ctx context.Context, p parts, d orders.Draft, goods []catalog.Line, taken catalog.Taken) error {
	missing, err := s.Catalog.Missing(ctx, p.tx, goods, taken)
	if err != nil {
		return fmt.Errorf("take stock: %w", err)
	}
	if len(missing) == 0 {
		return nil
	}
	names := make(map[int64]string, len(d.Lines))
	for _, l := range d.Lines {
		names[l.VariantID] = l.Name
	}
	short := &ShortError{Lines: make([]ShortLine, len(missing))}
	for i, one := range missing {
		short.Lines[i] = ShortLine{VariantID: one.VariantID, Name: names[one.VariantID], Wanted: one.Wanted, Available: one.Left}
	}
	return short
}

// takeAgain takes the goods of an order that had given them back; it reports
// whether all were still there.
func (s *Service) takeAgain(ctx context.Context, p parts, goods []orders.Held) (bool, error) {
	shorts, err := s.Catalog.Take(ctx, p.tx, catalogLines(goods))
	if err != nil {
		return false, fmt.Errorf("take stock again: %w", err)
	}
	return len(shorts) == 0, nil
}

func (s *Service) giveBack(ctx context.Context, p parts, goods []orders.Held) error {
	if err := s.Catalog.GiveBack(ctx, p.tx, catalogLines(goods)); err != nil {
		return fmt.Errorf("give stock back: %w", err)
	}
	return nil
}

func catalogLines(goods []orders.Held) []catalog.Line {
	lines := make([]catalog.Line, len(goods))
	for i, g := range goods {
		lines[i] = catalog.Line{VariantID: g.VariantID, Quantity: g.Quantity}
	}
	return lines
}
