package photos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/places"
	"awil/internal/platform/blob"
	"awil/internal/platform/jobs"
	"awil/internal/platform/postgres/pgtest"
)

type fixtures struct {
	*Service
	pool *pgxpool.Pool
	dir  string
}

func newService(t *testing.T) *fixtures {
	t.Helper()
	f := &fixtures{pool: pgtest.New(t), dir: t.TempDir()}
	store, err := blob.Open(t.Context(), "file://"+f.dir)
	if err != nil {
		t.Fatal(err)
	}
	queue, err := jobs.New(f.pool, jobs.Config{})
	if err != nil {
		t.Fatal(err)
	}
	f.Service = New(f.pool, store, NewMaker(), queue)
	return f
}

// producer makes a workshop to own photos.
func (f *fixtures) producer(t *testing.T, slug string) int64 {
	t.Helper()
	where := places.New(f.pool)
	names := places.Names{i18n.EN: "Chimbay"}
	if _, err := where.SaveRegion(t.Context(), places.NewRegion{Slug: "karakalpakstan", Country: "UZ", ISO: "UZ-QR", Names: names}); err != nil {
		t.Fatal(err)
	}
	if _, err := where.SaveDistrict(t.Context(), places.NewDistrict{Slug: slug, RegionSlug: "karakalpakstan", Names: names}); err != nil {
		t.Fatal(err)
	}
	village, err := where.SaveVillage(t.Context(), places.NewVillage{Slug: slug, DistrictSlug: slug, Latitude: 42.9, Longitude: 59.8,
		Source: i18n.EN, Texts: map[i18n.Lang]places.VillageText{i18n.EN: {Name: "Chimbay"}}})
	if err != nil {
		t.Fatal(err)
	}
	var id int64
	err = f.pool.QueryRow(t.Context(), `insert into producers (slug, kind, village_id, currency, source_lang)
		values ($1, 'family', $2, 'UZS', 'en') returning id`, slug, village).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (f *fixtures) upload(t *testing.T, owner Owner, data []byte) Photo {
	t.Helper()
	p, err := f.Upload(t.Context(), owner, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// files lists what the store holds, without its fan-out folders.
func (f *fixtures) files(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(f.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path[len(f.dir)+len("/00/"):])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func (f *fixtures) drain(t *testing.T) {
	t.Helper()
	workers := river.NewWorkers()
	Workers(workers, f.Service)
	if err := jobs.Drain(t.Context(), f.pool, workers); err != nil {
		t.Fatal(err)
	}
}

func readRendition(t *testing.T, s *Service, key string, width int, ext string) []byte {
	t.Helper()
	r, info, err := s.Open(t.Context(), key, width, ext)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil || info.Size != int64(len(data)) || info.ContentType != contentType(ext) {
		t.Errorf("%d bytes, %+v, %v", len(data), info, err)
	}
	return data
}

func TestUploadToServing(t *testing.T) {
	f := newService(t)
	file := withSegments(jpegBytes(t, quarters(900, 600)), exifSegment(6))
	p := f.upload(t, Owner{ProducerID: f.producer(t, "chimbay")}, file)

	if p.ID == 0 || !isKey(p.Key) || p.CreatedAt.IsZero() || !p.Ready() || p.AVIF || p.Width != 600 || p.Height != 900 ||
		p.Mime != "image/jpeg" || p.Bytes != int64(len(file)) || !slices.Equal(p.Widths, []int{160, 400, 600}) {
		t.Fatalf("%+v", p)
	}
	want := []string{"originals/" + p.Key + ".jpg"}
	for _, width := range p.Widths {
		noTraces(t, readRendition(t, f.Service, p.Key, width, JPEG))
		want = append(want, renditionKey(p.Key, width, JPEG))
	}
	slices.Sort(want)
	if got := f.files(t); !slices.Equal(got, want) {
		t.Errorf("stored %q, want %q", got, want)
	}
	if p.SrcSet(AVIF) != "" {
		t.Error("AVIF is promised before it exists")
	}

	f.drain(t)
	again, err := f.ByID(t.Context(), p.ID)
	if err != nil || !again.AVIF {
		t.Fatalf("after the job: AVIF %t, %v", again.AVIF, err)
	}
	for _, width := range p.Widths {
		data := readRendition(t, f.Service, p.Key, width, AVIF)
		if sniff(data) != "AVIF" {
			t.Errorf("%d.avif is no AVIF", width)
		}
		noTraces(t, data)
	}
	if *again.ProducerID != *p.ProducerID || again.Placeholder != p.Placeholder ||
		!bytes.Equal(again.Thumbhash, p.Thumbhash) || again.Color != p.Color {
		t.Errorf("stored %+v, returned %+v", again, p)
	}
}

func TestEveryFormatKeepsItsOriginal(t *testing.T) {
	f := newService(t)
	for ext, file := range map[string][]byte{
		"jpg": jpegBytes(t, quarters(50, 40)), "png": pngBytes(t, quarters(50, 40)), "webp": fixture(t, "alpha.webp"),
	} {
		p := f.upload(t, Owner{}, file)
		if !strings.HasSuffix(p.OriginalKey, "."+ext) {
			t.Errorf("%s is kept as %s, %s", ext, p.OriginalKey, p.Mime)
		}
		kept, err := f.original(t.Context(), p)()
		if err != nil || !bytes.Equal(kept, file) {
			t.Errorf("%s: the original changed (%v)", ext, err)
		}
	}
}

func TestSameBytesAreOnePhoto(t *testing.T) {
	f := newService(t)
	file := jpegBytes(t, quarters(200, 150))
	one, two := f.producer(t, "chimbay"), f.producer(t, "nukus")
	first := f.upload(t, Owner{ProducerID: one}, file)
	if err := f.SetAlt(t.Context(), first.ID, i18n.KAA, Text{Alt: "Qawın", State: Source}); err != nil {
		t.Fatal(err)
	}
	if again := f.upload(t, Owner{ProducerID: one}, file); again.ID != first.ID || again.Alt(i18n.KAA) != "Qawın" {
		t.Errorf("photo %d again as %d", first.ID, again.ID)
	}
	if other := f.upload(t, Owner{ProducerID: two}, file); other.ID == first.ID || other.Key == first.Key {
		t.Error("two producers share a photo")
	}
	programme := f.upload(t, Owner{}, file)
	if again := f.upload(t, Owner{}, file); again.ID != programme.ID {
		t.Error("the programme's own picture was stored twice")
	}
}

func TestSameBytesAtTheSameTime(t *testing.T) {
	f := newService(t)
	file := jpegBytes(t, quarters(200, 150))
	ids := make([]int64, 6)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			p, err := f.Upload(t.Context(), Owner{}, bytes.NewReader(file), int64(len(file)))
			if err != nil {
				t.Error(err)
			}
			ids[i] = p.ID
		})
	}
	all.Wait()
	if slices.Min(ids) != slices.Max(ids) {
		t.Errorf("photos %v", ids)
	}
	if got := f.files(t); len(got) != 3 {
		t.Errorf("one photo of two widths left %q", got)
	}
}

func TestRefusedUploadsLeaveNothing(t *testing.T) {
	f := newService(t)
	t.Setenv("TMPDIR", t.TempDir())
	line := errors.New("line dropped")
	photo := jpegBytes(t, quarters(300, 200))
	for name, tt := range map[string]struct {
		r      io.Reader
		size   int64
		reason Reason
		err    error
	}{
		"announced too large": {strings.NewReader("x"), MaxBytes + 1, TooLarge, nil},
		"turns out too large": {io.LimitReader(zeros{}, MaxBytes+1), -1, TooLarge, nil},
		"empty":               {strings.NewReader(""), 0, NotPicture, nil},
		"text":                {strings.NewReader("no picture"), 10, NotPicture, nil},
		"cut":                 {bytes.NewReader(photo[:len(photo)/2]), -1, Broken, nil},
		"line drops":          {io.MultiReader(bytes.NewReader(photo[:100]), iotest.ErrReader(line)), -1, "", line},
	} {
		_, err := f.Upload(t.Context(), Owner{}, tt.r, tt.size)
		if tt.err != nil {
			if !errors.Is(err, tt.err) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if r := rejectionOf(t, err); r.Reason != tt.reason {
			t.Errorf("%s: %v", name, r)
		}
	}
	if left := f.files(t); len(left) != 0 {
		t.Errorf("files left: %q", left)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "awil-upload-*")); len(left) != 0 {
		t.Errorf("uploads left on disk: %q", left)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestUploadThatCannotBeRecordedLeavesNoFiles(t *testing.T) {
	f := newService(t)
	file := jpegBytes(t, quarters(200, 150))
	_, err := f.Upload(t.Context(), Owner{ProducerID: 4711}, bytes.NewReader(file), int64(len(file)))
	if errs.KindOf(err) != errs.Invalid {
		t.Errorf("unknown producer: %v", err)
	}
	if left := f.files(t); len(left) != 0 {
		t.Errorf("files left: %q", left)
	}
	tx, err := f.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(tx, f.store, f.maker, f.queue).Upload(t.Context(), Owner{}, bytes.NewReader(file), -1); err != nil {
		t.Error(err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	var queued int
	if err := f.pool.QueryRow(t.Context(), `select count(*) from river_job`).Scan(&queued); err != nil || queued != 0 {
		t.Errorf("%d jobs of a transaction that never happened, %v", queued, err)
	}
}

func TestOpenOnlyRenditions(t *testing.T) {
	f := newService(t)
	p := f.upload(t, Owner{}, jpegBytes(t, quarters(200, 150)))
	for name, tt := range map[string]struct {
		key   string
		width int
		ext   string
	}{
		"another key":    {newKey(), 160, JPEG},
		"another width":  {p.Key, 161, JPEG},
		"no AVIF yet":    {p.Key, 160, AVIF},
		"another type":   {p.Key, 160, "png"},
		"no type":        {p.Key, 160, ""},
		"negative width": {p.Key, -160, JPEG},
		"path in key":    {"../originals/" + p.Key, 160, JPEG},
		"path in type":   {p.Key, 160, "jpg/../../x"},
		"short key":      {p.Key[1:], 160, JPEG},
		"odd key":        {p.Key[:21] + "/", 160, JPEG},
	} {
		if _, _, err := f.Open(t.Context(), tt.key, tt.width, tt.ext); errs.KindOf(err) != errs.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestByIDsTakesTwoQueries(t *testing.T) {
	f := newService(t)
	var ids []int64
	for i := range 4 {
		p := f.upload(t, Owner{}, jpegBytes(t, quarters(60+i, 40)))
		if err := f.SetAlt(t.Context(), p.ID, i18n.EN, Text{Alt: fmt.Sprint("jar ", i), State: Source}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, p.ID)
	}
	queries := pgtest.CountPool(t, f.pool)
	found, err := f.ByIDs(t.Context(), append(ids, 4711))
	if err != nil || len(found) != 4 || queries.N() != 2 {
		t.Errorf("%d photos, %d queries, %v", len(found), queries.N(), err)
	}
	for i, id := range ids {
		if got := found[id].Alt(i18n.JA); got != fmt.Sprint("jar ", i) {
			t.Errorf("photo %d is %q", id, got)
		}
	}
	if none, err := f.ByIDs(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("%v %v", none, err)
	}
	if _, err := f.ByID(t.Context(), 4711); errs.KindOf(err) != errs.NotFound {
		t.Errorf("unknown photo: %v", err)
	}
}

func TestSetAlt(t *testing.T) {
	f := newService(t)
	id := f.upload(t, Owner{}, jpegBytes(t, quarters(60, 40))).ID
	set := func(lang i18n.Lang, alt string, state TextState) {
		t.Helper()
		if err := f.SetAlt(t.Context(), id, lang, Text{Alt: alt, State: state}); err != nil {
			t.Fatal(err)
		}
	}
	get := func() Photo {
		t.Helper()
		p, err := f.ByID(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := get(); p.Alt(i18n.EN) != "" {
		t.Errorf("described as %q by nobody", p.Alt(i18n.EN))
	}
	set(i18n.KAA, "  Qawın \n murabbası ", Source)
	set(i18n.RU, "Дынное варенье", Approved)
	set(i18n.JA, "メロンジャム", Draft)
	p := get()
	for lang, want := range map[i18n.Lang]string{
		i18n.KAA: "Qawın murabbası", i18n.RU: "Дынное варенье", i18n.UZ: "Дынное варенье", i18n.EN: "Дынное варенье", i18n.JA: "Дынное варенье",
	} {
		if got := p.Alt(lang); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	set(i18n.KAA, "Qawın murabbası", Source)
	if got := get().Texts[i18n.RU].State; got != Approved {
		t.Errorf("an unchanged source made the translation %s", got)
	}
	set(i18n.KAA, "Qawın qaqı", Source)
	if p := get(); p.Texts[i18n.RU].State != Stale || p.Texts[i18n.JA].State != Draft || p.Alt(i18n.RU) != "Дынное варенье" {
		t.Errorf("after a new source: %+v", p.Texts)
	}
	set(i18n.RU, " ", Approved)
	if p := get(); p.Alt(i18n.RU) != "Qawın qaqı" {
		t.Errorf("after taking it away: %q", p.Alt(i18n.RU))
	}
	if alt, in := get().AltIn(i18n.RU); alt == "" || in != i18n.KAA {
		t.Errorf("%q is said to be %s", alt, in)
	}
	for _, bad := range []Text{{strings.Repeat("я", 401), Source}, {"x", "new"}} {
		if err := f.SetAlt(t.Context(), id, i18n.EN, bad); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%.10q %s: %v", bad.Alt, bad.State, err)
		}
	}
	if err := f.SetAlt(t.Context(), 4711, i18n.EN, Text{"x", Source}); errs.KindOf(err) != errs.Invalid {
		t.Errorf("unknown photo: %v", err)
	}
}

func TestRebuild(t *testing.T) {
	f := newService(t)
	p := f.upload(t, Owner{}, jpegBytes(t, quarters(500, 400)))
	lost := f.upload(t, Owner{}, jpegBytes(t, quarters(501, 400)))
	// What an older version might have left: other widths, no preview.
	if _, err := f.pool.Exec(t.Context(), `update photos set widths = '{160,320}', placeholder = '', color = ''`); err != nil {
		t.Fatal(err)
	}
	old := renditionKey(p.Key, 320, JPEG)
	if err := f.store.Put(t.Context(), old, strings.NewReader("old"), 3, "image/jpeg"); err != nil {
		t.Fatal(err)
	}
	if err := f.store.Delete(t.Context(), lost.OriginalKey); err != nil {
		t.Fatal(err)
	}
	var steps []string
	err := f.Rebuild(t.Context(), func(done, total int) { steps = append(steps, fmt.Sprint(done, "/", total)) })
	if !errors.Is(err, errs.NotFound) || !strings.Contains(err.Error(), fmt.Sprint("photo ", lost.ID)) {
		t.Errorf("the lost original is not reported: %v", err)
	}
	if !slices.Equal(steps, []string{"1/2", "2/2"}) {
		t.Errorf("progress %q", steps)
	}
	again, err := f.ByID(t.Context(), p.ID)
	if err != nil || !slices.Equal(again.Widths, []int{160, 400, 500}) || !again.AVIF || again.Color != p.Color || again.Placeholder != p.Placeholder {
		t.Errorf("%+v %v", again, err)
	}
	for _, width := range again.Widths {
		readRendition(t, f.Service, p.Key, width, JPEG)
		readRendition(t, f.Service, p.Key, width, AVIF)
	}
	if _, err := f.store.Stat(t.Context(), old); errs.KindOf(err) != errs.NotFound {
		t.Errorf("the old width is still there: %v", err)
	}
	kept, err := f.ByID(t.Context(), lost.ID)
	if err != nil || !kept.Ready() || !slices.Equal(kept.Widths, []int{160, 320}) {
		t.Errorf("a photo that could not be remade lost what it had: %+v %v", kept, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := f.Rebuild(ctx, func(int, int) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestAVIFJobGivesUpOnWhatIsGone(t *testing.T) {
	f := newService(t)
	p := f.upload(t, Owner{}, jpegBytes(t, quarters(60, 40)))
	work := func(id int64) error {
		w := &avifWorker{service: f.Service}
		return w.Work(t.Context(), &river.Job[AVIFArgs]{Args: AVIFArgs{PhotoID: id}})
	}
	if err := f.store.Delete(t.Context(), p.OriginalKey); err != nil {
		t.Fatal(err)
	}
	var cancelled *river.JobCancelError
	for _, id := range []int64{p.ID, 4711} {
		if err := work(id); !errors.As(err, &cancelled) {
			t.Errorf("photo %d: %v", id, err)
		}
	}
	if _, err := f.pool.Exec(t.Context(), `update photos set avif = true`); err != nil {
		t.Fatal(err)
	}
	if err := work(p.ID); err != nil {
		t.Errorf("done already: %v", err)
	}
}

// The buyer of an order sends so many pictures a day, whether or not they are
// new; and a form may name those of her own order only.
func TestABuyersPictures(t *testing.T) {
	f := newService(t)
	if _, err := f.pool.Exec(t.Context(), `alter table order_photos drop constraint order_photos_order_id_fkey`); err != nil {
		t.Fatal(err)
	}
	p := f.upload(t, Owner{OrderID: 1}, jpegBytes(t, quarters(30, 20)))
	for order, want := range map[int64]int{1: 1, 2: 0} {
		if kept, err := f.Kept(t.Context(), order, []string{p.Key, "no key"}); err != nil || len(kept) != want {
			t.Errorf("order %d: %d kept, %v", order, len(kept), err)
		}
	}
	_, err := f.pool.Exec(t.Context(), `with p as (insert into photos (key, original_key, mime, bytes, width, height, sha256)
		select lpad(n::text, 22, '0'), '', 'image/jpeg', 1, 1, 1, sha256(n::text::bytea) from generate_series(2, $1::int) n returning id)
		insert into order_photos (photo_id, order_id) select id, 1 from p`, MaxPerOrder)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Upload(t.Context(), Owner{OrderID: 1}, bytes.NewReader(jpegBytes(t, quarters(40, 20))), -1)
	if r := rejectionOf(t, err); r.Reason != Quota {
		t.Errorf("%v", r)
	}
	f.upload(t, Owner{OrderID: 2}, jpegBytes(t, quarters(40, 20)))
}
