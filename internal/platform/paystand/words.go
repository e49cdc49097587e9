package paystand

import (
	"fmt"

	"awil/internal/i18n"
)

// Words are the pages' texts, in the languages Payme and Click speak.
type Words struct {
	Lang string

	Test, Demo           string
	demoText             string // with whom it stands in for
	Title, To, For       string
	pay                  string // with the amount
	Decline, Abandon     string
	Declined, Again      string
	NoAnswer             string
	Unknown, UnknownText string
	Cabinet, Empty       string
	GiveBack             string
	Created, Performed   string
	Cancelled, Reversed  string
}

// DemoText says what the page is.
func (t Words) DemoText(brand string) string { return fmt.Sprintf(t.demoText, brand) }

// Pay is the text of the button that pays.
func (t Words) Pay(amount string) string { return fmt.Sprintf(t.pay, amount) }

// WordsIn are the texts in a language, or in the nearest of them that Payme and
// Click speak; English for any other.
func WordsIn(lang string) Words {
	switch i18n.Lang(lang) {
	case i18n.RU, i18n.KY:
		return russian
	case i18n.UZ, i18n.KAA:
		return uzbek
	}
	return english
}

var english = Words{
	Lang: "en", Test: "test", Demo: "This is a demo.", demoText: "No money moves. This page stands in for %s’s.",
	Title: "Pay for your order", To: "To", For: "Order",
	pay: "Pay %s", Decline: "Pay with a card that has no money", Abandon: "Go back without paying",
	Declined: "There is not enough money on the card.", Again: "Nothing was charged. Try again, or go back to the shop.",
	NoAnswer: "The shop does not answer just now.",
	Unknown:  "There is nothing to pay here", UnknownText: "Please go back to the shop and choose to pay again.",
	Cabinet: "The merchant’s cabinet", Empty: "No payments in the last thirty days.", GiveBack: "Cancel and give the money back",
	Created: "being paid", Performed: "paid", Cancelled: "cancelled", Reversed: "given back",
}

var russian = Words{
	Lang: "ru", Test: "тест", Demo: "Это демонстрация.", demoText: "Деньги не списываются. Эта страница заменяет страницу %s.",
	Title: "Оплата заказа", To: "Кому", For: "Заказ",
	pay: "Заплатить %s", Decline: "Заплатить картой без денег", Abandon: "Вернуться без оплаты",
	Declined: "На карте не хватает денег.", Again: "Ничего не списано. Попробуйте ещё раз или вернитесь в магазин.",
	NoAnswer: "Магазин сейчас не отвечает.",
	Unknown:  "Здесь нечего оплачивать", UnknownText: "Вернитесь в магазин и выберите оплату ещё раз.",
	Cabinet: "Кабинет продавца", Empty: "За последние тридцать дней платежей нет.", GiveBack: "Отменить и вернуть деньги",
	Created: "оплачивается", Performed: "оплачено", Cancelled: "отменено", Reversed: "деньги возвращены",
}

var uzbek = Words{
	Lang: "uz", Test: "sinov", Demo: "Bu namoyish.", demoText: "Pul yechilmaydi. Bu sahifa %s sahifasi oʻrnida turibdi.",
	Title: "Buyurtma uchun toʻlov", To: "Kimga", For: "Buyurtma",
	pay: "%s toʻlash", Decline: "Puli yoʻq karta bilan toʻlash", Abandon: "Toʻlamasdan qaytish",
	Declined: "Kartada pul yetarli emas.", Again: "Hech narsa yechilmadi. Qaytadan urinib koʻring yoki doʻkonga qayting.",
	NoAnswer: "Doʻkon hozir javob bermayapti.",
	Unknown:  "Bu yerda toʻlanadigan narsa yoʻq", UnknownText: "Doʻkonga qaytib, toʻlovni yana tanlang.",
	Cabinet: "Sotuvchi kabineti", Empty: "Soʻnggi oʻttiz kunda toʻlov boʻlmagan.", GiveBack: "Bekor qilib, pulni qaytarish",
	Created: "toʻlanmoqda", Performed: "toʻlangan", Cancelled: "bekor qilingan", Reversed: "pul qaytarilgan",
}
