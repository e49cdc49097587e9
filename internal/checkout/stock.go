package checkout

import (
	"context"
	"fmt"

	"awil/internal/catalog"
	"awil/internal/orders"
)

// take takes an order's goods out of stock; *ShortError if there are not
// enough, and then nothing was taken.
func (s *Service) take(ctx context.Context, p parts, lines []orders.DraftLine) error {
	wanted := make([]catalog.Line, len(lines))
	names := make(map[int64]string, len(lines))
	for i, l := range lines {
		wanted[i] = catalog.Line{VariantID: l.VariantID, Quantity: l.Quantity}
		names[l.VariantID] = l.Name
	}
	shorts, err := s.Catalog.Take(ctx, p.tx, wanted)
	if err != nil {
		return fmt.Errorf("take stock: %w", err)
	}
	if len(shorts) == 0 {
		return nil
	}
	short := &ShortError{Lines: make([]ShortLine, len(shorts))}
	for i, one := range shorts {
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
