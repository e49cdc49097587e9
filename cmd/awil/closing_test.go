package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"awil/internal/browsertest"
	"awil/internal/i18n"
	"awil/internal/markets"
	"awil/internal/money"
)

// TestMismatch takes the bank's statement in: one transfer is just what an
// order waits for, one is another sum, one nobody knows. The close of the day
// says so, and after finance has said what they are, that all is matched.
func TestMismatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	en := i18n.For(i18n.EN)
	b := w.buyer(browsertest.Phone, i18n.RU, "uz")
	exact := b.buy(w.good("melon-jam", i18n.RU), markets.Bank)
	short := b.buy(w.good("kurut", i18n.RU), markets.Bank)
	less := money.New(short.total.Minor-1_000_00, money.UZS)
	strange := money.New(50_000_00, money.UZS)
	day := time.Now().In(markets.Zone()).AddDate(0, 0, -1)

	finance := office{w.finance("/desk"), w, en}
	finance.Press(en.T("closing.nav.closing"))
	finance.See(en.T("closing.text"))
	finance.Press(en.T("closing.tab.imports"))
	finance.takeIn("not-a-statement.csv", "name,colour\nkurut,white\n", 422)
	finance.See(en.T("closing.bad.title"), en.T("closing.bad.missing", "columns", "date / дата, amount / сумма"))
	at := day.Format("02.01.2006")
	statement := "Дата;Номер документа;Контрагент;Приход;Расход;Назначение платежа\n" +
		fmt.Sprintf("%s;101;Ótegenova G.;%s;;Оплата заказа %s\n", at, exact.total.Decimal(), strings.ToLower(exact.label)) +
		fmt.Sprintf("%s;102;Ótegenova G.;%s;;Заказ %s\n", at, less.Decimal(), short.label) +
		fmt.Sprintf("%s;103;Altın Qawın;%s;;Возврат\n", at, strange.Decimal())
	finance.takeIn("vypiska.csv", statement, 200)
	finance.See(en.T("closing.import.taken", "n", 3, "open", 3), "vypiska.csv")
	finance.Visit("/desk/closing/imports")
	finance.takeIn("vypiska.csv", statement, 422)

	finance.Press(en.T("closing.tab.queue"))
	finance.See(en.T("closing.do.order", "order", exact.label), en.T("closing.do.amount", "expected", short.total), en.T("closing.do.unknown"))
	finance.Press(en.T("closing.queue.book"))
	finance.See(en.T("closing.queue.booked", "n", 1))
	finance.NotSee(en.T("closing.do.order", "order", exact.label))
	b.Visit(b.at("/orders/" + exact.token))
	b.See(b.l.T("buy.order.packing.title"))
	w.letter("guljaxan@example.com", b.l.T("mail.confirmed.subject", "order", w.label(w.order(exact.token))))

	finance.closeDay(day)
	finance.See(en.T("closing.say.open", "n", 2), en.T("closing.verdict.open"), en.T("closing.kind.amount"), en.Money(less),
		en.T("closing.kind.unknown"), en.Money(strange))
	finance.resolve(less, strange)
	finance.closeDay(day)
	finance.See(en.T("closing.say.matched"), en.T("closing.verdict.matched"), en.T("closing.day.no_findings"))
	b.Visit(b.at("/orders/" + short.token))
	b.See(b.l.T("buy.order.pay_bank.title"))
	finance.Visit("/desk/ledger")
	finance.See(en.T("closing.account.suspense"), en.Money(money.New(less.Minor+strange.Minor, less.Currency)))
	w.proven()
}

// office is finance at the desk.
type office struct {
	*browsertest.Page
	w *world
	l *i18n.Localizer
}

// takeIn sends a file as the bank's.
func (o office) takeIn(name, content string, status int) {
	o.w.t.Helper()
	file := filepath.Join(o.w.t.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		o.w.t.Fatal(err)
	}
	o.Fill(o.l.T("closing.import.till"), "bank")
	o.Fill(o.l.T("closing.import.currency"), "UZS")
	o.Upload(o.l.T("closing.import.file"), file)
	o.PressStatus(o.l.T("closing.import.take"), status)
}

// closeDay looks how a day stands.
func (o office) closeDay(day time.Time) {
	o.w.t.Helper()
	o.Visit("/desk/closing")
	o.Eval(`document.getElementById('day').value = '` + day.Format(time.DateOnly) + `'`)
	o.Press(o.l.T("closing.day.close"))
}

// resolve says what two lines are: one cannot be the order's, for its sum is
// another; the other is no producer's debt, for she owes nothing. Both are not
// explained yet.
func (o office) resolve(less, strange money.Amount) {
	o.w.t.Helper()
	l := o.l
	o.Press(l.T("closing.kind.amount"))
	o.See(l.Money(less))
	o.Click(l.T("closing.as.transfer"))
	o.In("details[open] form").PressStatus(l.T("closing.as.book"), 422)
	o.See(l.T("closing.wrong.order_amount"))
	o.Click(l.T("closing.as.unexplained"))
	o.In("details[open] form").Fill(l.T("closing.memo"), "She is asked for the rest.")
	o.In("details[open] form").Press(l.T("closing.as.book"))
	o.See(l.T("closing.line.resolved"), "She is asked for the rest.")

	o.Press(l.T("closing.queue.title"))
	o.NotSee(l.T("closing.kind.amount"))
	o.Press(l.T("closing.kind.unknown"))
	o.See(l.Money(strange))
	o.Click(l.T("closing.as.debt"))
	o.In("details[open] form").Fill(l.T("closing.as.producer"), o.w.producerName(o.w.good("melon-jam", i18n.EN), i18n.EN))
	o.In("details[open] form").PressStatus(l.T("closing.as.book"), 422)
	o.See(l.T("closing.wrong.debt", "owes", money.Zero(strange.Currency)))
	o.Click(l.T("closing.as.unexplained"))
	o.In("details[open] form").Fill(l.T("closing.memo"), "Altın Qawın is asked what it is for.")
	o.In("details[open] form").Press(l.T("closing.as.book"))
	o.See(l.T("closing.line.resolved"))
	o.Press(l.T("closing.queue.title"))
	o.See(l.T("closing.queue.none"))
}
