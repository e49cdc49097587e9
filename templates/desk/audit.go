package desk

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"awil/internal/accounts"
	"awil/templates/part"
)

// AuditPage is the trail of what was done.
type AuditPage struct {
	Page
	Who     int64
	Kind    string
	Subject int64
	Action  string
	Staff   []accounts.Person // to choose from
	Trail   []accounts.TrailEntry
	Next    string
}

// Actions lists what the trail may be narrowed to: every deed the program writes into it.
var Actions = []string{
	"product.assessed", "product.submitted", "product.approved", "product.changes_requested", "product.withdrawn", "product.restored",
	"product.text_saved", "product.label_saved", "product.hs_set", "product.fiscal_set", "product.recategorised", "product.markets_set",
	"product.hand_priced", "product.priced", "product.season_set",
	"feature.placed", "feature.timed", "feature.reordered", "feature.removed",
	"collection.created", "collection.text_saved", "collection.items_set", "collection.published",
	"collection.unpublished", "collection.deleted",
	"invitation.created", "invitation.revoked", "invitation.used",
	"producer.edited", "producer.translated", "producer.words_approved", "producer.money_to",
	"order.bank_received", "order.cancelled", "order.cash_received", "parcel.packed", "parcel.shipped", "parcel.delivered",
	"parcel.returned", "parcel.cancelled", "parcel.cash_collected", "parcel.cash_corrected",
	"refund.decided", "refund.declined", "refund.sent", "refund.taken_back", "refund.reversed", "refund.found", "refund.unanswered",
	"dispute.inquiry", "dispute.opened", "dispute.won", "dispute.lost",
	"payout.proposed", "payout.approved", "payout.rejected", "payout.exported", "payout.paid", "payout.return_asked", "payout.return_void", "payout.returned",
	"import.taken", "line.resolved", "line.undone", "entry.ignored", "day.closed",
	"account.roles", "account.disabled", "account.enabled",
}

// Subjects lists the kinds of things the trail is about.
var Subjects = []string{"product", "producer", "feature", "market_home", "collection", "invitation", "order", "parcel", "refund",
	"payout_batch", "payout", "import", "import_line", "ledger_entry", "daily_close", "account"}

func (p Page) action(name string) string {
	if key := "desk.action." + name; p.Has(key) {
		return p.T(key)
	}
	return name
}

func (p Page) subject(kind string) string {
	if key := "desk.subject." + kind; p.Has(key) {
		return p.T(key)
	}
	return kind
}

func (p AuditPage) actions() []part.Option {
	var list []part.Option
	for _, a := range Actions {
		list = append(list, part.Option{Value: a, Text: p.action(a)})
	}
	return list
}

func (p AuditPage) subjects() []part.Option {
	var list []part.Option
	for _, s := range Subjects {
		list = append(list, part.Option{Value: s, Text: p.subject(s)})
	}
	return list
}

func (p AuditPage) people() []part.Option {
	var list []part.Option
	known := p.Who == 0
	for _, one := range p.Staff {
		list = append(list, part.Option{Value: id(one.ID), Text: one.Name})
		known = known || one.ID == p.Who
	}
	if !known {
		list = append(list, part.Option{Value: id(p.Who), Text: p.nameOf(p.Who)})
	}
	return list
}

// nameOf is the name of somebody of the trail who is no staff.
func (p AuditPage) nameOf(account int64) string {
	for _, e := range p.Trail {
		if e.AccountID != nil && *e.AccountID == account {
			return e.AccountName
		}
	}
	return id(account)
}

// subjectHref is where the desk shows what an entry is about; empty where it has no page or none that the viewer's roles
// open.
func (p AuditPage) subjectHref(e accounts.TrailEntry) string {
	if e.SubjectID == 0 || e.Action == "collection.deleted" {
		return ""
	}
	curator, admin := p.Viewer.Curator, p.Viewer.Admin
	switch e.SubjectKind {
	case "order":
		return path("orders", id(e.SubjectID))
	case "payout_batch":
		return onlyFor(p.Viewer.Finance, "payouts", id(e.SubjectID))
	case "import":
		return onlyFor(p.Viewer.Finance, "closing", "imports", id(e.SubjectID))
	case "import_line":
		return onlyFor(p.Viewer.Finance, "closing", "lines", id(e.SubjectID))
	case "product":
		return onlyFor(curator, "review", id(e.SubjectID))
	case "producer":
		if e.Action == "producer.money_to" {
			return onlyFor(p.Viewer.Finance, "producers", id(e.SubjectID), "money")
		}
		return onlyFor(curator, "producers", id(e.SubjectID))
	case "collection":
		return onlyFor(curator, "collections", id(e.SubjectID))
	case "invitation":
		return onlyFor(curator, "invitations", id(e.SubjectID), "card")
	case "account":
		return onlyFor(admin, "people", id(e.SubjectID))
	}
	return ""
}

// onlyFor is an address for those who may go there, and nothing for others.
func onlyFor(may bool, segments ...string) string {
	if !may {
		return ""
	}
	return path(segments...)
}

// detail writes what an entry keeps as short words: "lang ja, state approved".
func detail(raw json.RawMessage) string {
	var kept map[string]any
	if err := json.Unmarshal(raw, &kept); err != nil {
		return ""
	}
	parts := make([]string, 0, len(kept))
	for name, value := range kept {
		if text := plain(value); text != "" && text != "0" {
			parts = append(parts, strings.ReplaceAll(name, "_", " ")+" "+text)
		}
	}
	sort.Strings(parts)
	return strings.Join(parts, " · ")
}

func plain(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64: // every number of JSON; ids and amounts of minor units are whole
		return fmt.Sprintf("%.0f", v)
	case []any:
		parts := make([]string, len(v))
		for i, one := range v {
			parts[i] = plain(one)
		}
		return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
	default:
		return fmt.Sprint(v)
	}
}
