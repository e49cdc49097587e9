package payme

import (
	"errors"

	"awil/internal/payments"
)

// The protocol's error codes.
const (
	codeNotPost       = -32300
	codeBadJSON       = -32700
	codeBadRequest    = -32600
	codeNoMethod      = -32601
	codeNotAuthorised = -32504
	codeSystem        = -32400

	codeAmount        = -31001
	codeNoTransaction = -31003
	codeDelivered     = -31007
	codeState         = -31008

	// Errors of the account, -31050 to -31099, are ours to number.
	codeNoOrder        = -31050
	codeOrderPaid      = -31051
	codeOrderBusy      = -31052
	codeOrderOver      = -31053
	codeOrderOtherwise = -31054
)

// failure is an error as the protocol writes it.
type failure struct {
	Code    int    `json:"code"`
	Message words  `json:"message"`
	Data    string `json:"data,omitempty"`
}

// words say something in the languages the protocol asks for; those of an
// account error are shown to the buyer.
type words struct {
	RU string `json:"ru"`
	UZ string `json:"uz"`
	EN string `json:"en"`
}

// Error names the code, for the log.
func (f *failure) Error() string { return "payme: " + f.Message.EN }

var texts = map[int]words{
	codeNotPost:       {"Метод запроса не POST.", "Soʻrov usuli POST emas.", "The request method is not POST."},
	codeBadJSON:       {"Ошибка разбора JSON.", "JSON oʻqilmadi.", "The JSON cannot be read."},
	codeBadRequest:    {"Нет обязательного поля или его тип неверен.", "Majburiy maydon yoʻq yoki turi notoʻgʻri.", "A field is missing or of the wrong type."},
	codeNoMethod:      {"Метод не найден.", "Bunday usul yoʻq.", "There is no such method."},
	codeNotAuthorised: {"Недостаточно прав для выполнения метода.", "Usulni bajarish uchun huquq yetarli emas.", "Not authorised to call the method."},
	codeSystem:        {"Системная ошибка. Попробуйте позже.", "Tizim xatosi. Keyinroq urinib koʻring.", "A failure of our system. Please try again later."},
	codeAmount:        {"Неверная сумма: заказ стоит по-другому.", "Summa notoʻgʻri: buyurtma narxi boshqa.", "Wrong amount: the order comes to another sum."},
	codeNoTransaction: {"Транзакция не найдена.", "Tranzaksiya topilmadi.", "There is no such transaction."},
	codeDelivered:     {"Отменить нельзя: товар уже у покупателя.", "Bekor qilib boʻlmaydi: tovar xaridorda.", "Cannot be cancelled: the goods are with the buyer."},
	codeState:         {"Состояние транзакции не позволяет выполнить операцию.", "Tranzaksiya holati bu amalga yoʻl qoʻymaydi.", "The transaction’s state does not allow this."},
	codeNoOrder: {"Заказ не найден. Проверьте код заказа.", "Buyurtma topilmadi. Buyurtma kodini tekshiring.",
		"There is no such order. Please check its code."},
	codeOrderPaid: {"Заказ уже оплачен.", "Buyurtma uchun toʻlangan.", "The order is already paid."},
	codeOrderBusy: {"Этот заказ сейчас оплачивают. Подождите немного.", "Bu buyurtma uchun hozir toʻlanmoqda. Biroz kuting.",
		"The order is being paid just now. Please wait a little."},
	codeOrderOver: {"Время оплаты заказа вышло. Оформите его заново.", "Buyurtma uchun toʻlov vaqti tugadi. Uni qaytadan bering.",
		"The time to pay for the order is over. Please order again."},
	codeOrderOtherwise: {"Для этого заказа выбрана другая оплата.", "Bu buyurtma uchun boshqa toʻlov tanlangan.",
		"Another way to pay was chosen for this order."},
}

func fail(code int) *failure { return &failure{Code: code, Message: texts[code]} }

// failAccount is an error about what the buyer typed.
func failAccount(code int) *failure {
	f := fail(code)
	f.Data = accountField
	return f
}

var accountErrors = []struct {
	err  error
	code int
}{
	{payments.ErrNoOrder, codeNoOrder}, {payments.ErrOrderPaid, codeOrderPaid}, {payments.ErrOrderBusy, codeOrderBusy},
	{payments.ErrOrderOver, codeOrderOver}, {payments.ErrOrderOtherwise, codeOrderOtherwise},
}

var otherErrors = []struct {
	err  error
	code int
}{
	{payments.ErrOtherAmount, codeAmount}, {payments.ErrNoTransaction, codeNoTransaction},
	{payments.ErrTransactionOver, codeState}, {payments.ErrCannotBeReversed, codeDelivered},
}

// failureOf says in the protocol's words what stood in the way; nil for what
// it has no words for, which is a failure of ours.
func failureOf(err error) *failure {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	for _, e := range accountErrors {
		if errors.Is(err, e.err) {
			return failAccount(e.code)
		}
	}
	for _, e := range otherErrors {
		if errors.Is(err, e.err) {
			return fail(e.code)
		}
	}
	return nil
}
