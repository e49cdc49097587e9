package checkout

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"awil/internal/errs"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/orders"
	"awil/internal/payments"
	"awil/internal/platform/mail"
	"awil/internal/platform/postgres"
	"awil/internal/producers"
)

// Audience is whom a letter is for.
type Audience string

// The audiences.
const (
	ToBuyer    Audience = "buyer"
	ToProducer Audience = "producer"
	ToStaff    Audience = "staff"
)

// Mail is one letter about to be written, in Lang to one person.
type Mail struct {
	Letter    orders.Letter
	Audience  Audience
	Lang      i18n.Lang
	Order     orders.Whole
	Parcel    *orders.Parcel // of a letter about one parcel to its buyer
	Job       *orders.Job    // of a letter to its producer
	Programme markets.Programme
	Refund    *payments.Payment // of a letter about money that must go back
	Back      *Back             // of a letter about money that goes back
	Request   *payments.Request // of a letter about what a buyer asked for; see Asked
	Dispute   *payments.Dispute
	Found     Found  // of a letter about something a provider did
	Link      string // where the reader sees more
	Home      string // the shop's front page in the reader's language
}

// Asked lists what the buyer asks about: of each line the pieces she named.
func (m Mail) Asked() []orders.Line {
	if m.Request == nil {
		return nil
	}
	return AskedOf(m.Order, *m.Request)
}

// AskedOf lists what a request is about: of each line the pieces it names, and
// what they cost.
func AskedOf(o orders.Whole, r payments.Request) []orders.Line {
	list := make([]orders.Line, 0, len(r.Lines))
	for _, asked := range r.Lines {
		for _, l := range o.Lines {
			if l.ID == asked.LineID {
				l.Quantity, l.LineMinor = asked.Quantity, l.UnitMinor*int64(asked.Quantity)
				list = append(list, l)
			}
		}
	}
	return list
}

// Written is a letter ready to be read.
type Written struct{ Subject, Text, HTML string }

// Writer turns a letter into words.
type Writer func(ctx context.Context, m Mail) (Written, error)

// recipient is a letter and where it goes.
type recipient struct {
	to   string
	name string // makes the message's identity together with order and occasion
	mail Mail
}

// Write writes the letters of an occasion and enqueues them for sending. Doing
// it twice sends each at most once, for a message keeps its identity.
func (s *Service) Write(ctx context.Context, args orders.LetterArgs, write Writer) error {
	return s.deliver(ctx, args, write, nil)
}

// deliver is Write that sends a letter to one person at once if sender takes it.
// Most are: a second job, carrying all that the letter says, is for those that
// have to be tried again.
func (s *Service) deliver(ctx context.Context, args orders.LetterArgs, write Writer, sender mail.Sender) error {
	letters, err := s.letters(ctx, args)
	if err != nil {
		return err
	}
	messages := make([]mail.Message, len(letters))
	for i, l := range letters {
		written, err := write(ctx, l.mail)
		if err != nil {
			return fmt.Errorf("write %s for order %d: %w", args.Letter, args.OrderID, err)
		}
		messages[i] = mail.Message{
			ID: fmt.Sprintf("%s.%s.%s", l.mail.Order.Reference, args.Letter, l.name), To: l.to, Lang: l.mail.Lang,
			ReplyTo: l.mail.Programme.ContactEmail, Subject: written.Subject, Text: written.Text, HTML: written.HTML,
		}
	}
	if sender != nil && len(messages) == 1 {
		err := sender.Send(ctx, messages[0])
		if err == nil {
			return nil
		}
		s.Log.WarnContext(ctx, "a letter was not sent at once; it will be tried again", "letter", args.Letter, "order", args.OrderID, "error", err)
	}
	all := make([]river.JobArgs, len(messages))
	for i, m := range messages {
		all[i] = mail.Args{Message: m}
	}
	return postgres.InTx(ctx, s.DB, func(tx pgx.Tx) error { return s.Queue.InsertMany(ctx, tx, all) })
}

// letters lists who is written to on an occasion.
func (s *Service) letters(ctx context.Context, args orders.LetterArgs) ([]recipient, error) {
	o, err := orders.New(s.DB, s.Queue, s.Clock).InItsLanguage(ctx, args.OrderID)
	if err != nil {
		return nil, err
	}
	programme, err := s.Markets.Programme(ctx)
	if err != nil {
		return nil, err
	}
	base := Mail{Letter: args.Letter, Order: o, Programme: programme}
	if letters, about, err := s.aboutMoney(ctx, base, args); about || err != nil {
		return letters, err
	}
	letters := []recipient{s.toBuyer(base, args.ParcelID)}
	if !o.Confirmed() || args.Letter != orders.LetterConfirmed && args.Letter != orders.LetterCancelled {
		return letters, nil
	}
	toProducers, err := s.toProducers(ctx, base)
	return append(letters, toProducers...), err
}

func (s *Service) toBuyer(m Mail, parcelID int64) recipient {
	m.Audience, m.Lang = ToBuyer, m.Order.Lang
	m.Link = s.OrderURL(m.Lang, m.Order.Market, m.Order.Token)
	m.Home = fmt.Sprintf("%s/%s-%s/", s.BaseURL, m.Lang, m.Order.Market)
	for i := range m.Order.Parcels {
		if m.Order.Parcels[i].ID == parcelID {
			m.Parcel = &m.Order.Parcels[i]
		}
	}
	return recipient{to: m.Order.Email, name: fmt.Sprintf("buyer%d", parcelID), mail: m}
}

// toProducers writes to every member of every producer of the order who has an
// address, in her own language and about her own parcel.
func (s *Service) toProducers(ctx context.Context, m Mail) ([]recipient, error) {
	people := producers.New(s.DB, s.Clock)
	var all []recipient
	m.Audience, m.Home = ToProducer, s.BaseURL+"/studio"
	for _, parcel := range m.Order.Parcels {
		if m.Letter == orders.LetterCancelled && parcel.Status == orders.ParcelReturned { // there is nothing to unpack
			continue
		}
		members, err := people.MemberAccounts(ctx, parcel.ProducerID)
		if err != nil {
			return nil, err
		}
		members = slices.DeleteFunc(members, func(a producers.MemberAccount) bool { return a.Email == "" })
		if len(members) == 0 {
			continue
		}
		job, err := orders.New(s.DB, s.Queue, s.Clock).Job(ctx, parcel.ProducerID, parcel.ID)
		if errors.Is(err, errs.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, member := range members {
			m.Job, m.Lang = &job, i18n.Lang(member.Lang)
			m.Link = fmt.Sprintf("%s/studio/orders/%d", s.BaseURL, parcel.ID)
			all = append(all, recipient{to: member.Email, name: fmt.Sprintf("producer%d.%d", parcel.ID, member.AccountID), mail: m})
		}
	}
	return all, nil
}
