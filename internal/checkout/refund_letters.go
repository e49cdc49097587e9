package checkout

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/money"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/producers"
)

// Back is money that goes back, as letters tell of it.
type Back struct {
	payments.Refund
	Provider payments.Provider // who took the money; empty: cash at the door
	Lines    []orders.Line     // what it is for: of each line the pieces that go back
	Shipping money.Amount
	Restock  bool         // some of a producer's goods are in her stock again
	Less     money.Amount // of a letter to a producer: what is taken off what was hers, positive
}

// Found is something a provider did that nobody here decided about.
type Found struct {
	Ref    string // the provider's name for it
	Amount string // as the log writes it; empty: no money moved
}

// aboutMoney lists the letters of an occasion about money that goes back or is
// disputed; false says that it is another occasion.
func (s *Service) aboutMoney(ctx context.Context, m Mail, args orders.LetterArgs) (letters []recipient, about bool, err error) {
	m.Found = Found{Ref: args.Ref, Amount: args.Amount}
	switch args.Letter {
	case orders.LetterRefundDue:
		letters, err = s.aboutStray(ctx, m)
	case orders.LetterRefunded, orders.LetterRefundSent, orders.LetterRefundFailed, orders.LetterRefundUnanswered:
		letters, err = s.aboutRefund(ctx, m, args)
	case orders.LetterRefundAsked, orders.LetterRefundDeclined:
		letters, err = s.aboutRequest(ctx, m, args.RequestID)
	case orders.LetterDisputeOpened, orders.LetterDisputeClosed:
		var d payments.Dispute
		d, err = s.payments().DisputeByID(ctx, args.DisputeID)
		m.Dispute = &d
		letters = s.toStaff(m, fmt.Sprintf("staff.d%d", args.DisputeID))
	case orders.LetterRefundFound, orders.LetterInquiry:
		letters = s.toStaff(m, "staff."+args.Ref)
	default:
		return nil, false, nil
	}
	return letters, true, err
}

// aboutStray writes to staff about each payment of an order that pays for
// nothing; who was written to before is not again, as letters keep their
// identity.
func (s *Service) aboutStray(ctx context.Context, m Mail) ([]recipient, error) {
	all, err := s.payments().OfOrder(ctx, m.Order.ID)
	if err != nil {
		return nil, err
	}
	var letters []recipient
	for _, p := range all {
		if !p.RefundDue {
			continue
		}
		refunds, err := s.payments().RefundsOfPayment(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		m.Refund, m.Back = &p, nil
		if len(refunds) > 0 {
			m.Back = &Back{Refund: refunds[0], Provider: p.Provider}
		}
		letters = append(letters, s.toStaff(m, fmt.Sprintf("staff%d", p.ID))...)
	}
	return letters, nil
}

func (s *Service) toStaff(m Mail, name string) []recipient {
	if m.Programme.ContactEmail == "" {
		s.Log.Error("there is no address to write to staff at", "letter", m.Letter, "order", m.Order.ID)
		return nil
	}
	m.Audience, m.Lang = ToStaff, i18n.EN
	m.Link = fmt.Sprintf("%s/desk/orders/%d", s.BaseURL, m.Order.ID)
	m.Home = s.BaseURL + "/desk"
	return []recipient{{to: m.Programme.ContactEmail, name: name, mail: m}}
}

// aboutRefund writes about money that goes back: that it does to the buyer and
// the producers, that it cannot by itself to staff. That it was sent is not
// written when that was taken back before the letter was.
func (s *Service) aboutRefund(ctx context.Context, m Mail, args orders.LetterArgs) ([]recipient, error) {
	refundID := args.RefundID
	back, err := s.back(ctx, m.Order, refundID)
	if err != nil {
		return nil, err
	}
	m.Back = &back
	switch m.Letter {
	case orders.LetterRefundSent:
		if back.Status != payments.RefundSent || args.Sendings != 0 && back.Sendings != args.Sendings {
			return nil, nil
		}
	case orders.LetterRefundUnanswered:
		return s.toStaff(m, fmt.Sprintf("staff.u%d", refundID)), nil
	case orders.LetterRefundFailed:
		return s.toStaff(m, fmt.Sprintf("staff.r%d.%d", refundID, back.Sendings)), nil
	}
	if back.RequestID != nil {
		request, err := s.payments().RequestByID(ctx, *back.RequestID)
		if err != nil {
			return nil, err
		}
		m.Request = &request
	}
	toBuyer := s.toBuyer(m, 0)
	toBuyer.name = fmt.Sprintf("buyer.r%d.%d", refundID, back.Sendings)
	if m.Letter == orders.LetterRefunded {
		toBuyer.name = fmt.Sprintf("buyer.r%d", refundID)
	}
	letters := []recipient{toBuyer}
	if m.Letter != orders.LetterRefunded || back.Kind != payments.RefundOfOrder {
		return letters, nil
	}
	toProducers, err := s.aboutPieces(ctx, m)
	return append(letters, toProducers...), err
}

func (s *Service) back(ctx context.Context, o orders.Whole, refundID int64) (Back, error) {
	r, err := s.payments().RefundByID(ctx, refundID)
	if err != nil {
		return Back{}, err
	}
	b := Back{Refund: r, Shipping: money.Zero(r.Currency)}
	if r.PaymentID != nil {
		attempt, err := s.payments().ByID(ctx, *r.PaymentID)
		if err != nil {
			return b, err
		}
		b.Provider = attempt.Provider
	}
	parts, err := s.payments().PartsOf(ctx, refundID)
	if err != nil {
		return b, err
	}
	for _, l := range parts[refundID].Lines {
		i := slices.IndexFunc(o.Lines, func(one orders.Line) bool { return one.ID == l.LineID })
		if i < 0 {
			return b, fmt.Errorf("refund %d: line %d is not of order %d", refundID, l.LineID, o.ID)
		}
		line := o.Lines[i]
		line.Quantity, line.LineMinor = l.Quantity, l.Amount.Minor
		b.Lines = append(b.Lines, line)
		b.Restock = b.Restock || l.Restocked > 0
	}
	for _, p := range parts[refundID].Shipping {
		if b.Shipping, err = b.Shipping.Add(p.Amount); err != nil {
			return b, err
		}
	}
	return b, nil
}

// aboutPieces writes to each producer some of whose pieces are refunded, or of
// whose earnings something is taken off, about her own, by the names she gave
// them.
func (s *Service) aboutPieces(ctx context.Context, m Mail) ([]recipient, error) {
	all, err := s.payments().PartsOf(ctx, m.Back.ID)
	if err != nil {
		return nil, err
	}
	parts := all[m.Back.ID]
	var letters []recipient
	for _, parcel := range m.Order.Parcels {
		job, err := orders.New(s.DB, s.Queue, s.Clock).Job(ctx, parcel.ProducerID, parcel.ID)
		if errors.Is(err, errs.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		var lines []orders.Line
		restocked := false
		for _, l := range job.Lines {
			for _, part := range parts.Lines {
				if part.LineID == l.ID {
					l.Quantity, l.LineMinor = part.Quantity, part.Amount.Minor
					lines = append(lines, l)
					restocked = restocked || part.Restocked > 0
				}
			}
		}
		less, err := s.takenOff(ctx, m.Back.ID, parcel)
		if err != nil {
			return nil, err
		}
		if len(lines) == 0 && less.IsZero() {
			continue
		}
		job.Lines = lines
		one := m
		back := *m.Back
		back.Restock, back.Less = restocked, less
		one.Job, one.Back, one.Audience, one.Home = &job, &back, ToProducer, s.BaseURL+"/studio"
		mine, err := s.toMembers(ctx, one, parcel)
		if err != nil {
			return nil, err
		}
		letters = append(letters, mine...)
	}
	return letters, nil
}

// takenOff is what a refund takes off what a producer had earned with a parcel,
// as it was booked; nothing where nothing had been paid.
func (s *Service) takenOff(ctx context.Context, refundID int64, parcel orders.Parcel) (less money.Amount, err error) {
	booked, err := ledger.New(s.DB).OfSubject(ctx, ledger.SubjectRefund, refundID)
	if err != nil {
		return less, err
	}
	for _, e := range booked {
		if e.Rule != ledger.RuleRefund || e.CorrectedBy != 0 || e.Account.ProducerID != parcel.ProducerID || e.ParcelID != parcel.ID {
			continue
		}
		if less.Currency == "" {
			less.Currency = e.Account.Currency
		}
		if less, err = less.Add(e.Amount()); err != nil {
			return less, err
		}
	}
	return less, nil
}

func (s *Service) toMembers(ctx context.Context, m Mail, parcel orders.Parcel) ([]recipient, error) {
	members, err := producers.New(s.DB, s.Clock).MemberAccounts(ctx, parcel.ProducerID)
	if err != nil {
		return nil, err
	}
	var letters []recipient
	for _, member := range members {
		if member.Email == "" {
			continue
		}
		m.Lang = i18n.Lang(member.Lang)
		m.Link = fmt.Sprintf("%s/studio/orders/%d", s.BaseURL, parcel.ID)
		name := fmt.Sprintf("producer%d.r%d.%d", parcel.ID, m.Back.ID, member.AccountID)
		letters = append(letters, recipient{to: member.Email, name: name, mail: m})
	}
	return letters, nil
}

// aboutRequest tells staff what a buyer asks for and her that we have it, or
// her what they answer.
func (s *Service) aboutRequest(ctx context.Context, m Mail, requestID int64) ([]recipient, error) {
	request, err := s.payments().RequestByID(ctx, requestID)
	if err != nil {
		return nil, err
	}
	m.Request = &request
	letter := s.toBuyer(m, 0)
	letter.name = fmt.Sprintf("buyer.q%d", requestID)
	letters := []recipient{letter}
	if m.Letter == orders.LetterRefundAsked {
		letters = append(letters, s.toStaff(m, fmt.Sprintf("staff.q%d", requestID))...)
	}
	return letters, nil
}
