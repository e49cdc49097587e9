package photos

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"awil/internal/platform/postgres"
)

// Owner says whose photo an upload is.
type Owner struct {
	ProducerID int64 // 0 for the programme's own pictures
	AccountID  int64 // who uploads; 0 for a command
	OrderID    int64 // the order whose buyer sends it; 0 for everybody else
}

// Upload checks a picture, keeps the original, makes the JPEG renditions and
// enqueues the AVIF ones. size is what the client announced, in bytes, or
// negative when unknown. A picture that cannot be taken, or is one too many for
// the producer's or the order's day, is a *Rejected; the same bytes uploaded again for the
// same producer are the photo there already is, as good as new. Uploads wait for each other where they would take too much memory.
func (s *Service) Upload(ctx context.Context, owner Owner, r io.Reader, size int64) (Photo, error) {
	if size > MaxBytes {
		return Photo{}, reject(TooLarge, "", nil)
	}
	if err := withinOrdersQuota(ctx, s.db, owner.OrderID); err != nil {
		return Photo{}, err
	}
	p, err := s.take(ctx, owner, r)
	if err == nil && owner.OrderID != 0 {
		_, err = s.db.Exec(ctx, sentWithOrder, p.ID, owner.OrderID)
		err = postgres.Err(err)
	}
	return p, err
}

func (s *Service) take(ctx context.Context, owner Owner, r io.Reader) (Photo, error) {
	upload, err := spool(r)
	if err != nil {
		return Photo{}, err
	}
	defer upload.discard()
	producerID := idOrNull(owner.ProducerID)
	if p, ok, err := s.known(ctx, producerID, upload.sum); ok || err != nil {
		return p, err
	}
	if err := withinQuota(ctx, s.db, producerID, upload.size); err != nil {
		return Photo{}, err
	}
	m, err := s.maker.jpegs(ctx, upload.bytes)
	if err != nil {
		return Photo{}, err
	}
	p := Photo{
		Key: newKey(), ProducerID: producerID, UploadedBy: idOrNull(owner.AccountID),
		Bytes: upload.size, SHA256: upload.sum,
	}
	p.describe(m)
	p.Mime, p.OriginalKey = m.format.mime(), "originals/"+p.Key+"."+m.format.ext()
	return s.keep(ctx, p, m, upload)
}

func idOrNull(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

// describe takes over what the renditions say about the picture.
func (p *Photo) describe(m made) {
	p.Width, p.Height = m.upright()
	p.Widths = nil
	for _, r := range m.renditions {
		p.Widths = append(p.Widths, r.width)
	}
	p.State = Ready
	p.Thumbhash, p.Placeholder, p.Color = m.thumbhash, m.placeholder, m.color
}

// known finds the photo of the same producer with the same bytes. It may be an
// old one that no page shows: it is spared from now on as a new one would be.
func (s *Service) known(ctx context.Context, producerID *int64, sum []byte) (Photo, bool, error) {
	list, err := selectPhotos(ctx, s.db, selectBySHA256, producerID, sum)
	if err != nil || len(list) == 0 {
		return Photo{}, false, err
	}
	if _, err := s.db.Exec(ctx, sentAgain, list[0].ID); err != nil {
		return Photo{}, false, postgres.Err(err)
	}
	if err := addTexts(ctx, s.db, list); err != nil {
		return Photo{}, false, err
	}
	return list[0], true, nil
}

// keep writes the files first and the row last, so that a row never promises a
// file that is not there. Files without a row are taken away again.
func (s *Service) keep(ctx context.Context, p Photo, m made, upload *spooled) (Photo, error) {
	err := s.store.Put(ctx, p.OriginalKey, io.NewSectionReader(upload.file, 0, upload.size), upload.size, p.Mime)
	for _, r := range m.renditions {
		if err == nil {
			err = s.put(ctx, p.Key, JPEG, r)
		}
	}
	if err == nil {
		err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
			if err := claim(ctx, tx, p); err != nil {
				return err
			}
			if err := insertPhoto(ctx, tx, &p); err != nil {
				return err
			}
			return s.queue.Insert(ctx, tx, AVIFArgs{PhotoID: p.ID})
		})
	}
	if err == nil {
		return p, nil
	}
	s.drop(ctx, p)
	if errors.Is(err, pgx.ErrNoRows) {
		// The same picture was uploaded twice at the same time.
		if twin, ok, err := s.known(ctx, p.ProducerID, p.SHA256); ok || err != nil {
			return twin, err
		}
	}
	return Photo{}, fmt.Errorf("keep photo: %w", err)
}

func (s *Service) put(ctx context.Context, key, ext string, r rendition) error {
	name := renditionKey(key, r.width, ext)
	return s.store.Put(ctx, name, bytes.NewReader(r.data), int64(len(r.data)), contentType(ext))
}

// drop removes the files of an upload that failed. What cannot be removed
// stays behind without an address; the failure itself is what matters.
func (s *Service) drop(ctx context.Context, p Photo) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_ = s.store.Delete(ctx, p.OriginalKey)
	for _, width := range p.Widths {
		_ = s.store.Delete(ctx, renditionKey(p.Key, width, JPEG))
	}
}

// spooled is an upload on disk, so that those that come in slowly or wait for
// their turn do not fill the memory.
type spooled struct {
	file *os.File
	size int64
	sum  []byte
}

func spool(r io.Reader) (*spooled, error) {
	file, err := os.CreateTemp("", "awil-upload-*")
	if err != nil {
		return nil, fmt.Errorf("take upload: %w", err)
	}
	s := &spooled{file: file}
	hash := sha256.New()
	s.size, err = io.Copy(io.MultiWriter(file, hash), io.LimitReader(r, MaxBytes+1))
	switch {
	case err != nil:
		err = fmt.Errorf("take upload: %w", err)
	case s.size == 0:
		err = reject(NotPicture, "", nil)
	case s.size > MaxBytes:
		err = reject(TooLarge, "", nil)
	}
	if err != nil {
		s.discard()
		return nil, err
	}
	s.sum = hash.Sum(nil)
	return s, nil
}

func (s *spooled) bytes() ([]byte, error) {
	data := make([]byte, s.size)
	if _, err := s.file.ReadAt(data, 0); err != nil {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	return data, nil
}

func (s *spooled) discard() {
	_ = s.file.Close()
	_ = os.Remove(s.file.Name())
}
