// Package demo fills an empty database with the demo programme, through the same use cases people use: makers' words are
// saved and sent, staff's translations approved, prices worked out by the markets' rules.
package demo

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"awil/internal/accounts"
	"awil/internal/assessments"
	"awil/internal/catalog"
	"awil/internal/curation"
	"awil/internal/demo/content"
	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/photos"
	"awil/internal/places"
	"awil/internal/producers"
	"awil/internal/shipping"
)

// Services are the use cases the demo is loaded through.
type Services struct {
	Accounts    *accounts.Service
	Places      *places.Service
	Markets     *markets.Service
	Producers   *producers.Service
	Photos      *photos.Service
	Catalog     *catalog.Service
	Curation    *curation.Service
	Assessments *assessments.Service
	Shipping    *shipping.Service
	Open        OpenShop // nil: nothing has been sold yet
	Clock       func() time.Time
	Log         *slog.Logger
}

// Login is a demo account to sign in with.
type Login struct {
	Email    string
	Role     string
	Password string
}

// Logins lists the demo accounts, in the order to print them.
func Logins() ([]Login, error) {
	p, err := content.Load()
	if err != nil {
		return nil, fmt.Errorf("demo content: %w", err)
	}
	list := make([]Login, 0, len(p.Accounts))
	for _, a := range p.Accounts {
		list = append(list, Login{Email: a.Email, Role: a.Role, Password: p.Password})
	}
	return list, nil
}

// Load fills the database, or does nothing where the demo programme is in it already. A database that holds another
// programme is left alone and gives errs.Conflict; a load that was interrupted goes on where it stopped.
func Load(ctx context.Context, s Services) error {
	p, err := content.Load()
	if err != nil {
		return fmt.Errorf("demo content: %w", err)
	}
	done, err := loaded(ctx, s, len(p.Producers))
	if err != nil || done {
		return err
	}
	l := &loader{Services: s, programme: p, started: s.Clock()}
	for _, step := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"markets", l.markets}, {"people", l.people}, {"pictures", l.pictures}, {"places", l.places},
		{"goods", l.goods}, {"collections", l.curate}, {"assessments", l.assess}, {"review", l.ask}, {"orders", l.trade}, {"programme", l.finish},
	} {
		if err := step.run(ctx); err != nil {
			return fmt.Errorf("demo %s: %w", step.name, err)
		}
		l.Log.InfoContext(ctx, "demo programme", "loaded", step.name)
	}
	return nil
}

// loaded reports whether the demo is in the database to its end: the programme's contact is written last.
func loaded(ctx context.Context, s Services, makers int) (bool, error) {
	p, err := s.Markets.Programme(ctx)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return false, err
	}
	if err == nil && !p.Demo {
		return false, errs.E(errs.Conflict, "the database holds a real programme; the demo is not loaded into it")
	}
	if err != nil {
		people, err := s.Accounts.People(ctx, accounts.PeopleQuery{Limit: 1})
		if err == nil && len(people) > 0 {
			err = errs.E(errs.Conflict, "the database is in use; the demo is only loaded into an empty one")
		}
		return false, err
	}
	all, err := s.Producers.All(ctx, i18n.EN)
	return err == nil && len(all) >= makers && p.ContactEmail != "", err
}

// loader carries what later steps need of earlier ones.
type loader struct {
	Services
	programme content.Programme
	started   time.Time

	curator    int64
	finance    int64
	buyer      int64
	accounts   map[string]int64 // producer's slug → her member's account
	files      map[string]photos.Photo
	villages   map[string]int64
	categories map[string]int64
	products   map[string]int64
	makers     map[string]catalog.Maker
}

// finish writes what says that the demo is whole.
func (l *loader) finish(ctx context.Context) error {
	h := l.programme.Head
	return l.Markets.SaveProgramme(ctx, markets.Programme{Name: h.Name[i18n.EN], DefaultMarket: h.DefaultMarket,
		CommissionBP: h.CommissionBP, BankDetails: h.BankDetails, ContactEmail: h.ContactEmail,
		HubAddress: h.HubAddress, Demo: true})
}
