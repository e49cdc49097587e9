package markets

import (
	"context"

	"github.com/jackc/pgx/v5"

	"awil/internal/money"
	"awil/internal/platform/postgres"
	"awil/internal/watch"
)

// Programme is who runs this Awıl.
type Programme struct {
	Name          string
	DefaultMarket string
	CommissionBP  int    // the programme's share of the maker's price, in basis points
	BankDetails   string // where transfers go, as buyers are told
	ContactEmail  string
	HubAddress    string // where producers send what goes abroad in one box, line by line
	Demo          bool   // a demonstration: pages say so
	// Terms in days, which SaveProgramme leaves as they are: delivered until her earnings are payable, delivered until
	// an order is completed, asked until a request lapses.
	HoldDays     int
	CompleteDays int
	RequestDays  int
}

// Commission is the programme's share of a sum, rounded half up; the maker has the rest.
func (p Programme) Commission(of money.Amount) (money.Amount, error) {
	return of.Portion(int64(p.CommissionBP), money.HalfUp)
}

// Programme returns who runs this Awıl, from memory if that has not changed; errs.NotFound before
// SaveProgramme.
func (s *Service) Programme(ctx context.Context) (Programme, error) {
	return s.programme.Get(ctx, s.board, s.clock(), s.readProgramme)
}

func (s *Service) readProgramme(ctx context.Context) (Programme, error) {
	watch.On(ctx, watch.Markets)
	rows, err := s.db.Query(ctx, `/* markets.programme */
select name, default_market, commission_bp, bank_details, contact_email, hub_address, demo,
    hold_days, complete_days, request_days from programme`)
	if err != nil {
		return Programme{}, postgres.Err(err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Programme])
	return p, postgres.Err(err)
}

// SaveProgramme writes who runs this Awıl.
func (s *Service) SaveProgramme(ctx context.Context, p Programme) error {
	defer s.Forget()
	_, err := s.db.Exec(ctx, `/* markets.save_programme */
insert into programme (name, default_market, commission_bp, bank_details, contact_email, hub_address, demo)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (id) do update set name = excluded.name, default_market = excluded.default_market,
    commission_bp = excluded.commission_bp, bank_details = excluded.bank_details,
    contact_email = excluded.contact_email,
    hub_address = excluded.hub_address, demo = excluded.demo`,
		p.Name, p.DefaultMarket, p.CommissionBP, p.BankDetails, p.ContactEmail, p.HubAddress, p.Demo)
	return postgres.Err(err)
}
