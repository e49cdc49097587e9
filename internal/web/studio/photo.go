package studio

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/photos"
	"awil/internal/web"
	pages "awil/templates/studio"
)

// uploadBytes is the largest form with photos: a few from the gallery at once,
// and enough over one photo's limit that a photo above it reaches the check
// that says so in plain words.
const uploadBytes = 3 * photos.MaxBytes

// uploadsPerMinute lets a script send two full listings' photos one by one in a
// minute; nobody with a camera is faster.
const uploadsPerMinute = 2 * catalog.MaxPhotos

func (s *Studio) photoRoutes(r web.Routes) {
	r.GET("/goods/:id/photo", web.Producer, s.photo)
	r.POST("/goods/:id/photo", web.Producer, s.addPhotos, web.Upload(uploadBytes), web.Throttle(uploadsPerMinute))
	r.POST("/goods/:id/photos/:photo/remove", web.Producer, s.removePhoto)
	r.POST("/goods/:id/photos/:photo/forward", web.Producer, s.forwardPhoto)
}

// photo asks for pictures.
func (s *Studio) photo(c echo.Context) error {
	by, product, err := s.listing(c)
	if err != nil {
		return err
	}
	return s.photoPage(c, by, product.ID, nil)
}

// photoPage reads the listing anew: some of the photos of a form may have come
// through when another did not.
func (s *Studio) photoPage(c echo.Context, by catalog.Maker, productID int64, problems *errs.Fields) error {
	p, err := s.photoStep(c, by, productID)
	if err != nil {
		return err
	}
	p.Problems = problems
	return web.Render(c, web.FormStatus(problems), pages.PhotoPage(p))
}

func (s *Studio) photoStep(c echo.Context, by catalog.Maker, productID int64) (pages.PhotoStep, error) {
	ctx := c.Request().Context()
	product, err := s.Catalog.Mine(ctx, by.ProducerID, productID)
	if err != nil {
		return pages.PhotoStep{}, err
	}
	p := pages.PhotoStep{Step: step(c, product, pages.StepPhoto, nil)}
	if product.State != catalog.Draft {
		p.NextText = p.T("studio.done")
	}
	p.Photos, err = s.photosOf(ctx, photoIDs(product)...)
	return p, err
}

type photoForm struct {
	Photos []*multipart.FileHeader `form:"photo"`
}

// addPhotos takes one or several photos. A script sends them one by one and
// gets JSON: the new entry of the list, or the sentence about what is wrong.
func (s *Studio) addPhotos(c echo.Context) error {
	by, product, err := s.listing(c)
	if err != nil {
		return err
	}
	added, problems, err := s.takePhotos(c, by, product)
	switch {
	case err != nil:
		return err
	case wantsJSON(c):
		return s.answerUpload(c, by, product.ID, added, problems)
	case problems.Len() > 0:
		return s.photoPage(c, by, product.ID, problems)
	}
	return web.Redirect(c, pages.GoodURL(product.ID, pages.StepPhoto))
}

// takePhotos keeps what can be kept; the first complaint is what is told. What
// does not fit is not even opened: decoding is work, and storing it is for
// nothing.
func (s *Studio) takePhotos(c echo.Context, by catalog.Maker, product catalog.Product) (added int64, problems *errs.Fields, err error) {
	problems = &errs.Fields{}
	files, err := formPhotos(c, problems)
	if room := max(0, catalog.MaxPhotos-len(product.Photos)); len(files) > room {
		problems.Add("photo", "errors.photos_full")
		files = files[:room]
	}
	for _, file := range files {
		photo, upErr := s.takePhoto(c.Request().Context(), by, file)
		if upErr == nil {
			upErr = s.Catalog.AddPhoto(c.Request().Context(), by, product.ID, photo.ID)
		}
		if upErr == nil {
			added = photo.ID
		} else if err := complain(problems, upErr); err != nil {
			return added, problems, err
		}
	}
	return added, problems, err
}

// formPhotos reads the files of a form; a form without one, or larger than
// the route takes, is complained about.
func formPhotos(c echo.Context, problems *errs.Fields) ([]*multipart.FileHeader, error) {
	var form photoForm
	err := web.Decode(c, &form)
	switch {
	case errors.Is(err, errs.TooLarge):
		return nil, complain(problems, &photos.Rejected{Reason: photos.TooLarge})
	case err != nil:
		return nil, err
	case len(form.Photos) == 0:
		problems.Add("photo", "studio.photo.none")
	}
	return form.Photos, nil
}

func (s *Studio) takePhoto(ctx context.Context, by catalog.Maker, file *multipart.FileHeader) (photos.Photo, error) {
	f, err := file.Open()
	if err != nil {
		return photos.Photo{}, errs.E(errs.Internal, "open upload", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	return s.Photos.Upload(ctx, photos.Owner{ProducerID: by.ProducerID, AccountID: by.AccountID}, f, file.Size)
}

// complain puts why a photo was turned down under the field; what is no such
// reason comes back.
func complain(problems *errs.Fields, err error) error {
	var rejected *photos.Rejected
	if errors.As(err, &rejected) {
		problems.Add("photo", rejected.MessageKey(), rejected.MessageArgs()...)
		return nil
	}
	return under(problems, "photo", err)
}

// answerUpload tells the script how it went.
func (s *Studio) answerUpload(c echo.Context, by catalog.Maker, productID, added int64, problems *errs.Fields) error {
	if f, ok := problems.Get("photo"); ok {
		c.Response().Header().Set("Cache-Control", "no-store")
		return c.JSON(http.StatusUnprocessableEntity, map[string]string{"message": i18n.For(web.Lang(c)).T(f.Key, f.Args...)})
	}
	p, err := s.photoStep(c, by, productID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(p.Product.Photos, func(f catalog.Photo) bool { return f.ID == added })
	if at < 0 {
		return notFound("the photo is gone again")
	}
	var html bytes.Buffer
	if err := pages.PhotoItem(p, at).Render(c.Request().Context(), &html); err != nil {
		return errs.E(errs.Internal, "render photo", err)
	}
	return answered(c, map[string]string{"html": html.String()})
}

// removePhoto takes a picture off the listing.
func (s *Studio) removePhoto(c echo.Context) error {
	by, product, err := s.listing(c)
	if err != nil {
		return err
	}
	photoID, err := id(c, "photo")
	if err != nil {
		return err
	}
	err = s.Catalog.RemovePhoto(c.Request().Context(), by, product.ID, photoID)
	if problems := web.Problems(err); problems != nil {
		return s.photoPage(c, by, product.ID, problems)
	}
	if err != nil {
		return err
	}
	return web.Redirect(c, pages.GoodURL(product.ID, pages.StepPhoto))
}

// forwardPhoto moves a picture one place towards the front; the first is the
// one on the card.
func (s *Studio) forwardPhoto(c echo.Context) error {
	by, product, err := s.listing(c)
	if err != nil {
		return err
	}
	photoID, err := id(c, "photo")
	if err != nil {
		return err
	}
	ids := photoIDs(product)
	at := slices.Index(ids, photoID)
	if at < 0 {
		return notFound("no such photo of this product")
	}
	if at > 0 {
		ids[at-1], ids[at] = ids[at], ids[at-1]
		if err := s.Catalog.OrderPhotos(c.Request().Context(), by, product.ID, ids); err != nil {
			return err
		}
	}
	return web.Redirect(c, pages.GoodURL(product.ID, pages.StepPhoto))
}
