package reconcile

import (
	"strings"
	"time"

	"awil/internal/ledger"
	"awil/internal/money"
)

// Columns of the tables that cabinets of Payme and Click give out.
const (
	colAmount    column = "amount"
	colOrder     column = "order"
	colState     column = "state"
	colCancelled column = "cancelled"
	colOther     column = "other"
)

var paymeLayout = layout{
	names: map[column][]string{
		colID:        {"id", "transaction id", "transaction", "id транзакции", "идентификатор", "номер транзакции", "id чека"},
		colTime:      {"perform time", "time", "date", "paid at", "дата оплаты", "время", "дата", "дата и время"},
		colAmount:    {"amount", "sum", "сумма", "сумма сум"},
		colOrder:     {"order id", "order", "account order id", "account", "reference", "номер заказа", "заказ", "лицевой счет"},
		colState:     {"state", "status", "статус", "состояние"},
		colCancelled: {"cancel time", "cancelled at", "дата отмены", "время отмены"},
	},
	lacks: cabinetLacks,
}

var clickLayout = layout{
	names: map[column][]string{
		colID:        {"click trans id", "trans id", "payment id", "id платежа", "id", "номер платежа", "id транзакции"},
		colOther:     {"click paydoc id", "paydoc id", "номер документа", "номер квитанции"},
		colTime:      {"date", "datetime", "created", "sign time", "дата", "дата оплаты", "дата и время", "время"},
		colAmount:    {"amount", "sum", "сумма", "сумма платежа"},
		colOrder:     {"merchant trans id", "transaction param", "order id", "order", "номер заказа", "заказ", "лицевой счет", "идентификатор"},
		colState:     {"status", "state", "статус", "состояние"},
		colCancelled: {"cancelled at", "дата отмены"},
	},
	lacks: cabinetLacks,
}

func cabinetLacks(has func(column) bool) []column {
	return without(has, colID, colTime, colAmount, colState)
}

func readPaymeTable(text string, zone *time.Location) ([]Line, error) {
	return readCabinet(text, ledger.TillPayme, paymeLayout, zone)
}

// readClick reads the table of payments of Click's cabinet.
func readClick(text string, zone *time.Location) ([]Line, error) {
	return readCabinet(text, ledger.TillClick, clickLayout, zone)
}

// readCabinet reads payments in soʻm, one a row, with their states in words or
// numbers. Tables name the order by its reference.
func readCabinet(text string, till ledger.Till, l layout, zone *time.Location) ([]Line, error) {
	rows, err := readTable(text, l)
	if err != nil {
		return nil, err
	}
	sums := make([]string, len(rows))
	for i, r := range rows {
		sums[i] = r.get(colAmount)
	}
	n, err := numbersOf(sums)
	if err != nil {
		return nil, whole("closing.bad.mixed")
	}
	var lines []Line
	var c complaints
	for _, r := range rows {
		if r.empty() || isTotal(r, colTime) {
			continue
		}
		m, moved, problem, args := cabinetRow(r, till, n, zone)
		if problem != "" {
			c.add(r.number, problem, args...)
		} else if moved {
			lines = append(lines, m.lines()...)
		}
	}
	return lines, c.err()
}

// cabinetRow reads one payment; moved is false of one that never happened.
func cabinetRow(r row, till ledger.Till, n numbers, zone *time.Location) (m movement, moved bool, problem string, args []any) {
	state, known := states[strings.ToLower(r.get(colState))]
	if !known {
		return m, false, "closing.bad.state", []any{"text", cut(r.get(colState), 40)}
	}
	if state == stateNothing {
		return m, false, "", nil
	}
	m = movement{number: r.number, till: till, id: r.get(colID), other: r.get(colOther), order: r.get(colOrder), returned: state == stateReturned}
	var err error
	if m.amount, err = n.sum(r.get(colAmount), money.UZS); err != nil {
		return m, false, sumProblem(err), []any{"text", cut(r.get(colAmount), 30)}
	}
	if m.at, err = moment(r.get(colTime), zone); err != nil {
		return m, false, "closing.bad.date", []any{"text", cut(r.get(colTime), 30)}
	}
	m.returnedAt = m.at
	if text := r.get(colCancelled); m.returned && text != "" && text != "0" {
		if m.returnedAt, err = moment(text, zone); err != nil {
			return m, false, "closing.bad.date", []any{"text", cut(text, 30)}
		}
	}
	return m, true, m.problem(), nil
}

type cabinetState int

const (
	stateNothing cabinetState = iota
	statePaid
	stateReturned
)

// states are the words in which cabinets say how a payment ended.
var states = map[string]cabinetState{
	"2": statePaid, "paid": statePaid, "success": statePaid, "successful": statePaid, "confirmed": statePaid, "performed": statePaid, "completed": statePaid,
	"оплачен": statePaid, "оплачено": statePaid, "успешно": statePaid, "успешно подтвержден": statePaid, "успешный": statePaid, "проведен": statePaid, "подтвержден": statePaid,
	"-2": stateReturned, "returned": stateReturned, "refunded": stateReturned, "reversed": stateReturned,
	"возврат": stateReturned, "возвращен": stateReturned, "отменен после оплаты": stateReturned, "сторнирован": stateReturned,
	"0": stateNothing, "1": stateNothing, "-1": stateNothing, "": stateNothing, "created": stateNothing, "waiting": stateNothing, "pending": stateNothing,
	"cancelled": stateNothing, "canceled": stateNothing, "failed": stateNothing, "error": stateNothing,
	"создан": stateNothing, "ожидает": stateNothing, "в обработке": stateNothing, "отменен": stateNothing, "отменён": stateNothing, "ошибка": stateNothing, "не оплачен": stateNothing,
}
