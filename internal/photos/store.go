package photos

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"awil/internal/i18n"
	"awil/internal/platform/postgres"
)

const columns = `id, key, producer_id, uploaded_by, original_key, mime, bytes, width, height, widths, state, avif,
	thumbhash, placeholder, color, sha256, created_at`

const selectByIDs = `/* photos.byIDs */
select ` + columns + ` from photos where id = any ($1)`

const selectBySHA256 = `/* photos.bySHA256 */
select ` + columns + ` from photos where producer_id is not distinct from $1 and sha256 = $2`

const selectAfter = `/* photos.after */
select ` + columns + ` from photos where id > $1 order by id limit $2`

func selectPhotos(ctx context.Context, db postgres.DB, sql string, args ...any) ([]Photo, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("read photos: %w", postgres.Err(err))
	}
	photos, err := pgx.CollectRows(rows, pgx.RowToStructByName[Photo])
	if err != nil {
		return nil, fmt.Errorf("read photos: %w", postgres.Err(err))
	}
	return photos, nil
}

const selectTexts = `/* photos.texts */
select photo_id, lang, alt, state from photo_texts where photo_id = any ($1)`

type textRow struct {
	PhotoID int64
	Lang    i18n.Lang
	Alt     string
	State   TextState
}

// addTexts fills in the descriptions of all the photos in one query.
func addTexts(ctx context.Context, db postgres.DB, photos []Photo) error {
	ids, at := make([]int64, len(photos)), make(map[int64]int, len(photos))
	for i, p := range photos {
		ids[i], at[p.ID] = p.ID, i
	}
	rows, err := db.Query(ctx, selectTexts, ids)
	if err != nil {
		return fmt.Errorf("read photo texts: %w", postgres.Err(err))
	}
	texts, err := pgx.CollectRows(rows, pgx.RowToStructByName[textRow])
	if err != nil {
		return fmt.Errorf("read photo texts: %w", postgres.Err(err))
	}
	for _, t := range texts {
		p := &photos[at[t.PhotoID]]
		if p.Texts == nil {
			p.Texts = make(map[i18n.Lang]Text)
		}
		p.Texts[t.Lang] = Text{Alt: t.Alt, State: t.State}
	}
	return nil
}

const insert = `/* photos.insert */
insert into photos (key, producer_id, uploaded_by, original_key, mime, bytes, width, height, widths, state,
	thumbhash, placeholder, color, sha256)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
on conflict (producer_id, sha256) do nothing
returning id, created_at`

// insertPhoto stores a row and fills in what the database chose. Another
// photo of the same producer with the same bytes is pgx.ErrNoRows.
func insertPhoto(ctx context.Context, db postgres.DB, p *Photo) error {
	return db.QueryRow(ctx, insert, p.Key, p.ProducerID, p.UploadedBy, p.OriginalKey, p.Mime, p.Bytes, p.Width, p.Height,
		p.Widths, p.State, p.Thumbhash, p.Placeholder, p.Color, p.SHA256).Scan(&p.ID, &p.CreatedAt)
}

const setAVIF = `/* photos.setAVIF */
update photos set avif = true where id = $1`

const setRenditions = `/* photos.setRenditions */
update photos set width = $2, height = $3, widths = $4, state = $5, avif = true, thumbhash = $6, placeholder = $7, color = $8
where id = $1`

const removeText = `/* photos.deleteText */
delete from photo_texts where photo_id = $1 and lang = $2`

func deleteText(ctx context.Context, db postgres.DB, photoID int64, lang i18n.Lang) error {
	_, err := db.Exec(ctx, removeText, photoID, lang)
	return postgres.Err(err)
}

const markStale = `/* photos.outdateTexts */
update photo_texts set state = 'stale'
where photo_id = $1 and lang <> $2 and state in ('source', 'approved')
	and not exists (select from photo_texts where photo_id = $1 and lang = $2 and alt = $3 and state = 'source')`

// outdateTexts marks the other languages stale unless the source stays as it is.
func outdateTexts(ctx context.Context, db postgres.DB, photoID int64, lang i18n.Lang, alt string) error {
	_, err := db.Exec(ctx, markStale, photoID, lang, alt)
	return postgres.Err(err)
}

const saveText = `/* photos.upsertText */
insert into photo_texts (photo_id, lang, alt, state) values ($1, $2, $3, $4)
on conflict (photo_id, lang) do update set alt = excluded.alt, state = excluded.state`

func upsertText(ctx context.Context, db postgres.DB, photoID int64, lang i18n.Lang, text Text) error {
	_, err := db.Exec(ctx, saveText, photoID, lang, text.Alt, text.State)
	return postgres.Err(err)
}
