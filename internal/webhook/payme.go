package webhook

import (
	"io"

	"github.com/labstack/echo/v4"

	"awil/internal/payments"
	"awil/internal/web"
)

// maxCall is far more than any call of a provider needs, in bytes.
const maxCall = 64 << 10

// RegisterPayme adds the address Payme calls. It answers every method of HTTP,
// for the protocol has its own word for the wrong one.
func RegisterPayme(routes web.Routes, server payments.Answerer) {
	const path = "/webhooks/payme"
	handler := Answer(server)
	routes.POST(path, web.Machine, handler)
	routes.GET(path, web.Machine, handler)
	routes.PUT(path, web.Machine, handler)
	routes.DELETE(path, web.Machine, handler)
}

// Answer lets a provider that calls us have its answer. A body that is too
// long is as good as none.
func Answer(server payments.Answerer) echo.HandlerFunc {
	return func(c echo.Context) error {
		req := c.Request()
		body, err := io.ReadAll(io.LimitReader(req.Body, maxCall+1))
		if err != nil || len(body) > maxCall {
			body = nil
		}
		reply := server.Answer(req.Context(), payments.Call{Method: req.Method, Header: req.Header, Remote: c.RealIP(), Body: body})
		return c.Blob(reply.Status, reply.ContentType, reply.Body)
	}
}
