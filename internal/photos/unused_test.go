package photos

import (
	"bytes"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"awil/internal/errs"
)

// sent writes rows of earlier uploads, each of so many bytes.
func (f *fixtures) sent(t *testing.T, producer int64, count int, size int64, ago string) {
	t.Helper()
	_, err := f.pool.Exec(t.Context(), `insert into photos (key, producer_id, original_key, mime, bytes, width, height, widths, state, sha256, created_at)
select lpad((n + $4::int)::text, 22, '0'), $1, 'o', 'image/jpeg', $2, 8, 6, '{8}', 'ready', sha256(convert_to($4::int::text || n, 'UTF8')), now() - $3::interval
from generate_series(1, $5::int) n`, producer, size, ago, int(producer)*10_000+count, count)
	if err != nil {
		t.Fatal(err)
	}
}

func TestADayHasSoManyPhotos(t *testing.T) {
	for name, c := range map[string]struct {
		count  int
		size   int64
		ago    string
		reason Reason // of the next one
	}{
		"one left":        {MaxPerDay - 1, 1, "1 hour", ""},
		"none left":       {MaxPerDay, 1, "23 hours", Quota},
		"of yesterday":    {MaxPerDay, 1, "25 hours", ""},
		"too heavy":       {2, MaxBytesPerDay / 2, "1 hour", Quota},
		"not quite heavy": {1, MaxBytesPerDay - 1<<20, "1 hour", ""},
	} {
		f := newService(t)
		her, other := f.producer(t, "chimbay"), f.producer(t, "nukus")
		f.sent(t, her, c.count, c.size, c.ago)
		file := jpegBytes(t, quarters(30, 20))
		_, err := f.Upload(t.Context(), Owner{ProducerID: her}, bytes.NewReader(file), -1)
		if c.reason == "" && err != nil {
			t.Errorf("%s: %v", name, err)
		} else if c.reason != "" {
			if r := rejectionOf(t, err); r.Reason != c.reason || r.MessageKey() != "errors.photo_quota" {
				t.Errorf("%s: %v", name, r)
			}
			if left := f.files(t); len(left) != 0 {
				t.Errorf("%s: files left: %q", name, left)
			}
		}
		f.upload(t, Owner{ProducerID: other}, file)
		f.upload(t, Owner{}, file)
	}
}

// Uploads that arrive together cannot all pass as the last one of the day.
func TestTheLastOfTheDayIsOne(t *testing.T) {
	f := newService(t)
	her := f.producer(t, "chimbay")
	f.sent(t, her, MaxPerDay-1, 1, "1 hour")
	var taken atomic.Int64
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			file := jpegBytes(t, quarters(30+i, 20))
			_, err := f.Upload(t.Context(), Owner{ProducerID: her}, bytes.NewReader(file), -1)
			var r *Rejected
			if err == nil {
				taken.Add(1)
			} else if !errors.As(err, &r) || r.Reason != Quota {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if taken.Load() != 1 || len(f.files(t)) != 2 {
		t.Errorf("%d taken, files %q", taken.Load(), f.files(t))
	}
}

func TestUnusedPhotosAreDropped(t *testing.T) {
	f := newService(t)
	her := f.producer(t, "chimbay")
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := f.pool.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	var all []Photo
	for i := range 6 {
		all = append(all, f.upload(t, Owner{ProducerID: her}, jpegBytes(t, quarters(30+i, 20))))
	}
	f.drain(t)
	product, profile, village, fresh, again, gone := all[0], all[1], all[2], all[3], all[4], all[5]
	exec(`update photos set created_at = now() - interval '49 hours' where id <> $1`, fresh.ID)
	exec(`with p as (insert into products (slug, producer_id, state) values ('jam', $1, 'draft') returning id)
insert into product_photos (product_id, photo_id, position) select id, $2, 0 from p`, her, product.ID)
	exec(`update producers set photo_id = $2 where id = $1`, her, profile.ID)
	exec(`update villages set hero_photo_id = $1`, village.ID)
	f.upload(t, Owner{ProducerID: her}, jpegBytes(t, quarters(34, 20))) // again

	if n, err := f.DropUnused(t.Context()); n != 1 || err != nil {
		t.Fatalf("dropped %d, %v", n, err)
	}
	f.drain(t)
	if _, err := f.ByID(t.Context(), gone.ID); !errors.Is(err, errs.NotFound) {
		t.Errorf("what no page shows: %v", err)
	}
	kept := map[string]Photo{"product": product, "profile": profile, "village": village, "fresh": fresh, "sent again": again}
	for name, p := range kept {
		if _, err := f.ByID(t.Context(), p.ID); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := f.files(t); len(got) != 3*len(kept) { // each an original and a width twice
		t.Errorf("%d files of %d photos: %q", len(got), len(kept), got)
	}
	if n, err := f.DropUnused(t.Context()); n != 0 || err != nil {
		t.Errorf("once more: %d, %v", n, err)
	}
}

// Every column that refers to a photo is among those that keep it from being dropped.
func TestEveryReferenceToAPhotoIsKnown(t *testing.T) {
	f := newService(t)
	var n int
	err := f.pool.QueryRow(t.Context(), `select count(*) from pg_constraint
where contype = 'f' and confrelid = 'photos'::regclass and conrelid not in ('photo_texts'::regclass, 'order_photos'::regclass)`).Scan(&n)
	if err != nil || n != 4 {
		t.Errorf("%s columns refer to photos, %v: unusedWhere names four", strconv.Itoa(n), err)
	}
}
