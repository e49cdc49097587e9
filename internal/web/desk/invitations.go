package desk

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/producers"
	"awil/internal/web"
	pages "awil/templates/desk"
	"awil/templates/part"
)

const invitationsPath = "/desk/invitations"

// invitationsShown is how many cards the list shows; older ones are used, taken back or over.
const invitationsShown = 300

func (d *Desk) registerInvitations(desk web.Routes) {
	desk.GET("/invitations", web.Curator, d.invitations)
	desk.POST("/invitations", web.Curator, d.invite)
	desk.GET("/invitations/:id/card", web.Curator, d.card)
	desk.POST("/invitations/:id/revoke", web.Curator, d.revoke)
}

func (d *Desk) invitations(c echo.Context) error {
	return d.showInvitations(c, pages.NewInvitation{Lang: i18n.KAA}, nil)
}

func (d *Desk) showInvitations(c echo.Context, form pages.NewInvitation, problems *errs.Fields) error {
	p, err := d.page(c, "desk.invitations.title", invitationsPath)
	if err != nil {
		return err
	}
	view := pages.InvitationsPage{Page: p, Form: form}
	if view.Makers.Search, err = soughtMaker(c); err != nil {
		return err
	}
	if err := d.fillInvitations(c.Request().Context(), &view); err != nil {
		return err
	}
	view.Problems = problems
	return web.Render(c, web.FormStatus(problems), pages.Invitations(view))
}

func (d *Desk) fillInvitations(ctx context.Context, view *pages.InvitationsPage) (err error) {
	if view.Invitations, err = d.Producers.Invitations(ctx, view.Lang(), invitationsShown); err != nil {
		return err
	}
	villages, err := d.Places.Villages(ctx, view.Lang())
	if err != nil {
		return err
	}
	for _, v := range villages {
		view.Villages = append(view.Villages, part.Option{Value: decimal(v.ID), Text: v.Name + ", " + v.District})
	}
	return d.offerMakers(ctx, view.Lang(), &view.Makers, view.Form.Producer)
}

func (d *Desk) invite(c echo.Context) error {
	var form pages.NewInvitation
	err := web.Decode(c, &form)
	var made producers.Invitation
	if err == nil {
		made, err = d.makeInvitation(c, form)
	}
	if problems := web.Problems(err); problems != nil {
		return d.showInvitations(c, form, problems)
	}
	if err != nil {
		return err
	}
	return web.Done(c, invitationsPath+"/"+decimal(made.ID)+"/card", "desk.invitations.made", "name", made.Name)
}

func (d *Desk) makeInvitation(c echo.Context, form pages.NewInvitation) (producers.Invitation, error) {
	if err := needLang(form.Lang); err != nil {
		return producers.Invitation{}, err
	}
	ctx := c.Request().Context()
	n := producers.NewInvitation{Name: form.Name, VillageID: form.Village, Lang: form.Lang}
	var problems errs.Fields
	if form.Village != 0 {
		found, err := d.Places.VillagesByID(ctx, form.Lang, form.Village)
		if err != nil {
			return producers.Invitation{}, err
		}
		if _, there := found[form.Village]; !there {
			problems.Add("village", "errors.choose")
		}
	}
	if form.Producer != 0 {
		_, err := d.Producers.ByID(ctx, form.Lang, form.Producer)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return producers.Invitation{}, err
		}
		if err != nil {
			problems.Add("producer", "errors.choose")
		}
		n.ProducerID = &form.Producer
	}
	if err := problems.Err(); err != nil {
		return producers.Invitation{}, err
	}
	return d.Producers.Invite(ctx, by(c), n)
}

func (d *Desk) revoke(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	i, err := d.Producers.InvitationByID(ctx, web.Lang(c), id)
	if err != nil {
		return err
	}
	err = d.Producers.Revoke(ctx, by(c), id)
	if conflict(err) {
		return moved(c, invitationsPath, "desk.invitations.not_revoked")
	}
	if err != nil {
		return err
	}
	return web.Done(c, invitationsPath, "desk.invitations.is_revoked", "name", i.Name)
}

// card shows an invitation as it is printed: its village and words in her language.
func (d *Desk) card(c echo.Context) error {
	id, err := number(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	i, err := d.Producers.InvitationByID(ctx, web.Lang(c), id)
	if err != nil {
		return err
	}
	if i, err = d.Producers.InvitationByID(ctx, i.Lang, id); err != nil {
		return err
	}
	programme, err := d.Markets.Programme(ctx)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return err
	}
	p, err := d.page(c, "desk.card.title", invitationsPath)
	if err != nil {
		return err
	}
	view := pages.CardPage{Page: p, Invitation: i, Words: i18n.For(i.Lang), Programme: programme.Name, Link: p.Absolute("/join/" + i.Code)}
	view.Shown = strings.TrimPrefix(strings.TrimPrefix(p.Absolute("/join"), "https://"), "http://")
	if view.QR, err = qrOf(view.Link); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, pages.Card(view))
}
