package webhook

import (
	"awil/internal/payments"
	"awil/internal/web"
)

// RegisterClick adds the address Click calls, to prepare a payment and to
// complete it.
func RegisterClick(routes web.Routes, server payments.Answerer) {
	routes.POST("/webhooks/click", web.Machine, Answer(server))
}
