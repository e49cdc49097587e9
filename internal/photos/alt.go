package photos

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

// TextState is how a text stands towards the one it was translated from.
type TextState string

// The states of a text.
const (
	Source   TextState = "source"   // as written first
	Draft    TextState = "draft"    // a translation nobody has approved; not shown to buyers
	Approved TextState = "approved" // a translation that may be shown
	Stale    TextState = "stale"    // approved before the source changed; still shown
)

// TextStates lists every state of a text, in order.
func TextStates() []TextState { return []TextState{Source, Draft, Approved, Stale} }

// Text says in words what a photo shows.
type Text struct {
	Alt   string
	State TextState
}

// Alt describes the photo for those who do not see it: in lang, else in the
// language closest to its readers, else as first written. It is empty when
// nobody has described the photo; templates then fall back to the product.
func (p Photo) Alt(lang i18n.Lang) string {
	alt, _ := p.AltIn(lang)
	return alt
}

// AltIn is Alt together with the language it is in, for a lang attribute.
func (p Photo) AltIn(lang i18n.Lang) (alt string, in i18n.Lang) {
	for _, l := range fallbacks(lang) {
		if text := p.Texts[l]; text.Alt != "" && text.State != Draft {
			return text.Alt, l
		}
	}
	return "", lang
}

// fallbacks orders the languages by how likely a reader of lang knows them:
// Russian is read all over Central Asia, English elsewhere.
func fallbacks(lang i18n.Lang) []i18n.Lang {
	order := []i18n.Lang{lang, i18n.EN, i18n.RU}
	switch lang {
	case i18n.UZ, i18n.KAA, i18n.KY:
		order = []i18n.Lang{lang, i18n.RU, i18n.EN}
	}
	return append(order, i18n.Langs()...)
}

// SetAlt describes a photo in one language, in at most 400 characters; an
// empty text takes the description away. A changed source makes the approved
// translations stale. An unknown photo is errs.Invalid.
func (s *Service) SetAlt(ctx context.Context, photoID int64, lang i18n.Lang, text Text) error {
	text.Alt = strings.Join(strings.Fields(text.Alt), " ")
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if text.Alt == "" {
			return deleteText(ctx, tx, photoID, lang)
		}
		if text.State == Source {
			if err := outdateTexts(ctx, tx, photoID, lang, text.Alt); err != nil {
				return err
			}
		}
		return upsertText(ctx, tx, photoID, lang, text)
	})
	if err != nil {
		return fmt.Errorf("describe photo %d: %w", photoID, err)
	}
	return nil
}
