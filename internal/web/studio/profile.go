package studio

import (
	"context"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/producers"
	"awil/internal/web"
	"awil/templates/layout"
	pages "awil/templates/studio"
)

func (s *Studio) profileRoutes(r web.Routes) {
	r.GET("/profile", web.Producer, s.profile)
	r.POST("/profile/photo", web.Producer, s.profilePhoto, web.Upload(uploadBytes), web.Throttle(uploadsPerMinute))
	r.GET("/profile/workshop", web.Producer, s.workshop)
	r.POST("/profile/workshop", web.Producer, s.saveWorkshop)
	r.GET("/profile/story", web.Producer, s.profileStory)
	r.POST("/profile/story", web.Producer, s.saveProfileStory)
}

// own is the viewer's producer in her own words.
func (s *Studio) own(c echo.Context) (producers.Producer, error) {
	by, err := s.maker(c)
	if err != nil {
		return producers.Producer{}, err
	}
	return s.Producers.Mine(c.Request().Context(), web.Lang(c), by.ProducerID)
}

// profile is "me".
func (s *Studio) profile(c echo.Context) error {
	own, err := s.own(c)
	if err != nil {
		return err
	}
	return s.profilePage(c, own, nil)
}

func (s *Studio) profilePage(c echo.Context, own producers.Producer, problems *errs.Fields) error {
	by, err := s.maker(c)
	if err != nil {
		return err
	}
	ctx, viewer := c.Request().Context(), web.Viewer(c)
	p := pages.Profile{Producer: own, Account: viewer.Name, Login: viewer.Email + viewer.Phone}
	if own.PhotoID != nil {
		photo, err := s.Photos.ByID(ctx, *own.PhotoID)
		if err != nil {
			return err
		}
		p.Photo = &photo
	}
	if p.ShopURL, err = s.makerURL(ctx, web.Lang(c), own); err != nil {
		return err
	}
	if p.Frame, err = s.tabbed(c, by, web.Base(c).T("studio.tab.me"), tabMe); err != nil {
		return err
	}
	p.Problems = problems
	return web.Render(c, web.FormStatus(problems), pages.ProfilePage(p))
}

// makerURL is her page in the shop at home; "" until buyers see it.
func (s *Studio) makerURL(ctx context.Context, lang i18n.Lang, own producers.Producer) (string, error) {
	if own.State != producers.Active {
		return "", nil
	}
	all, err := s.Markets.All(ctx)
	if err != nil {
		return "", err
	}
	for _, m := range all {
		if m.Currency == own.Currency {
			return "/" + layout.Locale(lang, m.Code) + "/producers/" + own.Slug(), nil
		}
	}
	return "", nil
}

// profileOf is what is saved, before a form changes some of it.
func profileOf(p producers.Producer) producers.Profile {
	return producers.Profile{
		Text: producers.Text{Name: p.Name, Story: p.Story, Words: p.Words},
		Kind: p.Kind, VillageID: p.VillageID, SinceYear: p.SinceYear, WomenLed: p.WomenLed, Phone: p.Phone, PhotoID: p.PhotoID,
	}
}

// profilePhoto takes a picture of her, or of the workshop.
func (s *Studio) profilePhoto(c echo.Context) error {
	by, err := s.maker(c)
	if err != nil {
		return err
	}
	own, err := s.own(c)
	if err != nil {
		return err
	}
	problems := &errs.Fields{}
	files, err := formPhotos(c, problems)
	if err != nil {
		return err
	}
	if problems.Len() == 0 {
		photo, err := s.takePhoto(c.Request().Context(), by, files[0])
		if err == nil {
			profile := profileOf(own)
			profile.PhotoID = &photo.ID
			err = s.Catalog.SaveProfile(c.Request().Context(), by, profile)
		}
		if err := complain(problems, err); err != nil {
			return err
		}
	}
	if problems.Len() > 0 {
		return s.profilePage(c, own, problems)
	}
	return web.Done(c, "/studio/profile", "studio.saved")
}

type profileStoryForm struct {
	Story string `form:"story" max:"4000"`
	Words string `form:"words" max:"600"`
}

func (s *Studio) profileStory(c echo.Context) error {
	own, err := s.own(c)
	if err != nil {
		return err
	}
	return profileStoryPage(c, profileStoryForm{own.Story, own.Words}, nil)
}

func profileStoryPage(c echo.Context, form profileStoryForm, problems *errs.Fields) error {
	p := pages.Story{Frame: frame(c, web.Base(c).T("studio.me.story")), Story: form.Story, Words: form.Words}
	p.Top.Back, p.Top.BackLabel, p.Problems = "/studio/profile", p.T("studio.tab.me"), problems
	return web.Render(c, web.FormStatus(problems), pages.ProfileStoryPage(p))
}

func (s *Studio) saveProfileStory(c echo.Context) error {
	by, err := s.maker(c)
	if err != nil {
		return err
	}
	own, err := s.own(c)
	if err != nil {
		return err
	}
	var form profileStoryForm
	var profile producers.Profile
	if err = web.Decode(c, &form); err == nil {
		profile = profileOf(own)
		profile.Story, profile.Words = form.Story, form.Words
		err = s.Catalog.SaveProfile(c.Request().Context(), by, profile)
	}
	if problems := web.Problems(err); problems != nil {
		return profileStoryPage(c, form, problems)
	}
	if err != nil {
		return err
	}
	return profileSaved(c, own, profile)
}

// profileSaved says where her words have gone: of a producer whom buyers know,
// to the programme first.
func profileSaved(c echo.Context, before producers.Producer, p producers.Profile) error {
	key := "studio.saved"
	if before.State != producers.Joining && profileOf(before).Text != p.Text {
		key = "studio.saved_review"
	}
	return web.Done(c, "/studio/profile", key)
}
