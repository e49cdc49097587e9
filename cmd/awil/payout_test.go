package main

import (
	"fmt"
	"testing"
	"time"

	"awil/internal/browsertest"
	"awil/internal/i18n"
	"awil/internal/ledger"
	"awil/internal/money"
)

// TestPayoutByTwoPeople: a producer says where her money goes, one person of
// finance proposes the batch, another approves it, and she sees it come.
func TestPayoutByTwoPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	maker := int64(w.number(`select m.producer_id from producer_members m join accounts a on a.id = m.account_id where a.email = 'melon@demo.awil'`))
	p, err := ledger.DebtPaid(1, maker, ledger.TillCash, money.New(1_992_600_00, money.UZS), time.Now(), 0)
	if err == nil {
		_, err = ledger.New(w.pool).Post(t.Context(), p)
	}
	if err != nil {
		t.Fatal(err)
	}
	kaa, en := i18n.For(i18n.KAA), i18n.For(i18n.EN)
	her := w.signedIn(browsertest.Phone, "melon@demo.awil", "/studio/money")
	her.See(kaa.T("money.big.ready"), kaa.T("money.to.none"))
	her.Press(kaa.T("money.to.set"))
	her.Fill(kaa.T("money.to.holder"), "Aysulu Tursınova")
	her.Fill(kaa.T("money.to.number"), "8600 1234 5678 9012")
	her.Press(kaa.T("money.to.save"))
	her.See(kaa.T("money.to.saved"))

	finance := w.signedIn(browsertest.Desktop, "finance@demo.awil", "/desk/payouts")
	finance.Press(en.T("till.payout.propose"))
	finance.See(en.T("till.payout.two.you"))
	at := fmt.Sprintf("/desk/payouts/%d", w.number("select max(id) from payout_batches"))
	admin := w.signedIn(browsertest.Desktop, "admin@demo.awil", at)
	admin.Press(en.T("till.payout.approve"))
	admin.See(en.T("till.payout.one.approved"))
	her.Visit("/studio/money")
	her.See(kaa.T("money.big.way"))

	finance.Visit(at)
	finance.Click(en.T("till.payout.pay_all"))
	form := finance.In(fmt.Sprintf("form[action='%s/paid']", at))
	form.Fill(en.T("till.payout.proof"), "No. 17")
	form.Press(en.T("till.payout.pay_all"))
	finance.See(en.T("till.payout.state.settled"))
	her.Visit("/studio/money/p1")
	her.See(kaa.T("money.kind.payout"), "AWP-1")
}
