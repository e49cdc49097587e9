package studio

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"awil/internal/accounts"
	"awil/internal/catalog"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/money"
	"awil/internal/producers"
	"awil/internal/web"
	"awil/templates/part"
	pages "awil/templates/studio"
)

type workshopForm struct {
	Name     string `form:"name" max:"120"`
	Kind     string `form:"kind" max:"20"`
	Village  string `form:"village" max:"20"`
	Since    string `form:"since" max:"10"`
	WomenLed bool   `form:"women_led"`
	Phone    string `form:"phone" max:"30"`
}

func (s *Studio) workshop(c echo.Context) error {
	own, err := s.own(c)
	if err != nil {
		return err
	}
	form := workshopForm{Name: own.Name, Kind: string(own.Kind), Village: strconv.FormatInt(own.VillageID, 10),
		WomenLed: own.WomenLed, Phone: own.Phone}
	if own.SinceYear != nil {
		form.Since = strconv.Itoa(*own.SinceYear)
	}
	return s.workshopPage(c, own, form, nil)
}

func (s *Studio) workshopPage(c echo.Context, own producers.Producer, form workshopForm, problems *errs.Fields) error {
	districts, err := s.districts(c.Request().Context(), web.Lang(c), own.Currency)
	if err != nil {
		return err
	}
	p := pages.Workshop{Frame: frame(c, web.Base(c).T("studio.me.workshop")), Districts: districts}
	p.Form = pages.WorkshopForm{Name: form.Name, Kind: form.Kind, Village: form.Village, Since: form.Since, Phone: form.Phone, WomenLed: form.WomenLed}
	p.Top.Back, p.Top.BackLabel, p.Problems = "/studio/profile", p.T("studio.tab.me"), problems
	return web.Render(c, web.FormStatus(problems), pages.WorkshopPage(p))
}

// districts groups the villages of her country, whose currency her prices are
// in.
func (s *Studio) districts(ctx context.Context, lang i18n.Lang, cur money.Currency) ([]pages.District, error) {
	all, err := s.Places.Villages(ctx, lang)
	if err != nil {
		return nil, err
	}
	var list []pages.District
	at := map[string]int{}
	for _, v := range all {
		if (v.Country == "KG") != (cur == money.KGS) {
			continue
		}
		name := v.Region + ", " + v.District
		i, known := at[name]
		if !known {
			i, at[name] = len(list), len(list)
			list = append(list, pages.District{Name: name})
		}
		list[i].Villages = append(list[i].Villages, part.Option{Value: strconv.FormatInt(v.ID, 10), Text: v.Name})
	}
	return list, nil
}

// profile reads the form over what is saved.
func (form workshopForm) profile(own producers.Producer) (producers.Profile, error) {
	var problems errs.Fields
	p := profileOf(own)
	p.Name, p.Kind, p.WomenLed = form.Name, producers.Kind(form.Kind), form.WomenLed
	if !slices.Contains(producers.Kinds, p.Kind) {
		problems.Add("kind", "errors.choose")
	}
	p.VillageID, _ = strconv.ParseInt(form.Village, 10, 64) // what is no id is no village, which is complained about
	p.SinceYear, p.Phone = nil, ""
	if form.Since != "" {
		year, err := strconv.Atoi(form.Since)
		if err != nil {
			problems.Add("since", "errors.year")
		}
		p.SinceYear = &year
	}
	if form.Phone != "" {
		login, err := accounts.ParseLogin(form.Phone, numberLang(own.Country))
		if err != nil || login.Phone == "" {
			problems.Add("phone", "studio.me.phone_wrong")
		}
		p.Phone = login.Phone
	}
	return p, problems.Err()
}

// numberLang stands for a country where telephone numbers are read by language:
// a number without its country's code is one of hers, whatever she speaks.
func numberLang(country string) i18n.Lang {
	if country == "KG" {
		return i18n.KY
	}
	return i18n.UZ
}

func (s *Studio) saveWorkshop(c echo.Context) error {
	by, err := s.maker(c)
	if err != nil {
		return err
	}
	own, err := s.own(c)
	if err != nil {
		return err
	}
	var form workshopForm
	var profile producers.Profile
	if err = web.Decode(c, &form); err == nil {
		profile, err = form.profile(own)
	}
	if err == nil {
		err = s.keepProfile(c, by, profile)
	}
	var problems *errs.Fields
	if errors.As(err, &problems) {
		return s.workshopPage(c, own, form, problems)
	}
	if err != nil {
		return err
	}
	return profileSaved(c, own, profile)
}

// keepProfile saves a profile; a village that is not on the list is a field to
// be looked at, not a failure.
func (s *Studio) keepProfile(c echo.Context, by catalog.Maker, p producers.Profile) error {
	ctx := c.Request().Context()
	if err := p.Validate(); err != nil {
		return err
	}
	known, err := s.Places.VillagesByID(ctx, web.Lang(c), p.VillageID)
	if err != nil {
		return err
	}
	if _, ok := known[p.VillageID]; !ok {
		var problems errs.Fields
		problems.Add("village", "errors.choose")
		return problems.Err()
	}
	return s.Catalog.SaveProfile(ctx, by, p)
}
