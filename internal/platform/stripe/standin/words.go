package standin

import "fmt"

// words are the pay page's texts. The page speaks what our shop asks Stripe
// for: English, Russian and Japanese.
type words struct {
	lang string

	Title, Demo, DemoText            string
	To, Order                        string
	Number, Expiry, CVC              string
	pay                              string // with the amount
	Decline, Abandon, Note           string
	TestCards                        string
	Again                            string
	Paid, PaidText, Continue         string
	Expired, ExpiredText, Back       string
	Unknown, UnknownText             string
	Later, Slip, SlipText            string
	Counter, Lapse, Lapsed           string
	declined, noFunds, cardExpired   string
	wrongCVC, processing, wrongNo    string
	does, doesDecline, doesNoFunds   string
	doesExpired, doesCVC, doesGlitch string
}

// Pay is the text of the button that pays.
func (t words) Pay(amount string) string { return fmt.Sprintf(t.pay, amount) }

func (t words) refusal(e cardError) string {
	switch {
	case e.DeclineCode == "insufficient_funds":
		return t.noFunds
	case e.Code == "expired_card":
		return t.cardExpired
	case e.Code == "incorrect_cvc":
		return t.wrongCVC
	case e.Code == "processing_error":
		return t.processing
	case e.Code == declineIncorrect:
		return t.wrongNo
	}
	return t.declined
}

func (t words) cards() []testCard {
	return []testCard{
		{grouped(CardGood), t.does},
		{grouped(CardDeclined), t.doesDecline},
		{grouped(CardNoFunds), t.doesNoFunds},
		{grouped(CardExpired), t.doesExpired},
		{grouped(CardWrongCVC), t.doesCVC},
		{grouped(CardProcessing), t.doesGlitch},
	}
}

func wordsFor(lang string) words {
	for _, t := range []words{russian, japanese} {
		if t.lang == lang {
			return t
		}
	}
	return english
}

var english = words{
	lang:  "en",
	Title: "Pay by card", Demo: "This is a demo.",
	DemoText: "No money moves. This page stands in for Stripe’s; please never type a real card number here.",
	To:       "To", Order: "What you are paying for",
	Number: "Card number", Expiry: "Valid until", CVC: "Security code",
	pay: "Pay %s", Decline: "Decline the card", Abandon: "Go back without paying",
	Note:      "Three ways on: pay, see what a refused card looks like, or go back to the shop.",
	TestCards: "Test numbers and what they do",
	Again:     "Nothing was charged. Try again, take another card, or go back to the shop.",
	Paid:      "This is paid", PaidText: "Thank you. Your order has the rest.", Continue: "Back to your order",
	Expired: "This payment page has expired", ExpiredText: "Nothing was charged. The shop can open a new one for you.", Back: "Back to the shop",
	Unknown: "There is no such payment page", UnknownText: "It may be from a demo that was started anew. Please go back to the shop and choose to pay again.",
	declined: "The card was declined.", noFunds: "There is not enough money on the card.", cardExpired: "The card has expired.",
	wrongCVC: "The security code is not right.", processing: "The bank could not be reached.", wrongNo: "That is not one of the test numbers.",
	Later: "Pay at a shop’s counter later", Slip: "Your payment slip",
	SlipText: "In life you would take this to a convenience store. Here two buttons stand for what happens there.",
	Counter:  "Pay at the counter", Lapse: "Let the slip run out", Lapsed: "The slip has run out",
	does: "pays", doesDecline: "is declined", doesNoFunds: "has too little money on it",
	doesExpired: "has expired", doesCVC: "has another security code", doesGlitch: "meets a fault at the bank",
}

var russian = words{
	lang:  "ru",
	Title: "Оплата картой", Demo: "Это демонстрация.",
	DemoText: "Деньги не списываются. Эта страница заменяет страницу Stripe; пожалуйста, никогда не вводите здесь номер настоящей карты.",
	To:       "Кому", Order: "За что вы платите",
	Number: "Номер карты", Expiry: "Действует до", CVC: "Код безопасности",
	pay: "Заплатить %s", Decline: "Отклонить карту", Abandon: "Вернуться без оплаты",
	Note:      "Три пути: заплатить, посмотреть, как выглядит отказ, или вернуться в магазин.",
	TestCards: "Тестовые номера и что с ними будет",
	Again:     "Ничего не списано. Попробуйте ещё раз, возьмите другую карту или вернитесь в магазин.",
	Paid:      "Оплата прошла", PaidText: "Спасибо. Всё остальное — на странице заказа.", Continue: "К вашему заказу",
	Expired: "Срок этой страницы истёк", ExpiredText: "Ничего не списано. Магазин откроет для вас новую.", Back: "Вернуться в магазин",
	Unknown: "Такой страницы оплаты нет", UnknownText: "Возможно, она осталась от прежнего запуска демонстрации. Вернитесь в магазин и выберите оплату ещё раз.",
	declined: "Карта отклонена.", noFunds: "На карте не хватает денег.", cardExpired: "Срок действия карты истёк.",
	wrongCVC: "Код безопасности неверный.", processing: "Банк не ответил.", wrongNo: "Это не тестовый номер.",
	Later: "Заплатить позже на кассе магазина", Slip: "Ваш платёжный талон",
	SlipText: "В жизни вы пошли бы с ним в магазин. Здесь две кнопки показывают, что произойдёт там.",
	Counter:  "Заплатить на кассе", Lapse: "Не платить до срока", Lapsed: "Срок талона истёк",
	does: "оплата проходит", doesDecline: "карта отклонена", doesNoFunds: "не хватает денег",
	doesExpired: "срок карты истёк", doesCVC: "другой код безопасности", doesGlitch: "сбой в банке",
}

var japanese = words{
	lang:  "ja",
	Title: "カードでのお支払い", Demo: "これはデモです。",
	DemoText: "実際の請求はありません。この画面は Stripe の決済画面の代わりです。本物のカード番号は入力しないでください。",
	To:       "お支払い先", Order: "ご注文の内容",
	Number: "カード番号", Expiry: "有効期限", CVC: "セキュリティコード",
	pay: "%sを支払う", Decline: "カードを拒否させる", Abandon: "支払わずに戻る",
	Note:      "支払う、カードが使えなかった場合を見る、お店に戻る、のいずれかをお選びください。",
	TestCards: "テスト用の番号とその結果",
	Again:     "請求はされていません。もう一度試すか、別のカードを使うか、お店にお戻りください。",
	Paid:      "お支払いが済みました", PaidText: "ありがとうございます。続きはご注文のページでご覧いただけます。", Continue: "ご注文のページへ",
	Expired: "この支払い画面の期限が切れました", ExpiredText: "請求はされていません。お店から新しい画面を開くことができます。", Back: "お店に戻る",
	Unknown: "この支払い画面は見つかりません", UnknownText: "前回のデモの画面かもしれません。お店に戻って、もう一度お支払いをお選びください。",
	declined: "カードが使えませんでした。", noFunds: "カードの残高が足りません。", cardExpired: "カードの有効期限が切れています。",
	wrongCVC: "セキュリティコードが正しくありません。", processing: "銀行につながりませんでした。", wrongNo: "テスト用の番号ではありません。",
	Later: "あとでコンビニのレジで支払う", Slip: "お支払い票",
	SlipText: "実際にはコンビニのレジでお支払いいただきます。ここでは二つのボタンがその代わりです。",
	Counter:  "レジで支払う", Lapse: "支払わずに期限を過ぎる", Lapsed: "お支払い票の期限が切れました",
	does: "支払いが通ります", doesDecline: "カードが拒否されます", doesNoFunds: "残高不足になります",
	doesExpired: "期限切れになります", doesCVC: "コード違いになります", doesGlitch: "銀行側の障害になります",
}
