// Package webhook takes the messages that providers of payments send. A
// message is checked, stored and answered; what it gives rise to is done by a
// job. The answer is 200 only when the message is durably stored, so that a
// provider sends it again in every other case.
package webhook

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"awil/internal/errs"
	"awil/internal/payments"
	"awil/internal/web"
)

// maxBody is far more than any message about a payment needs.
const maxBody = 1 << 20

// Inbox stores a verified message, once.
type Inbox interface {
	StoreEvent(ctx context.Context, e payments.Event, payload []byte) (fresh bool, err error)
}

// Register adds the callbacks of the providers that notify us.
func Register(routes web.Routes, inbox Inbox, log *slog.Logger, providers map[payments.Provider]payments.WebhookVerifier) {
	for provider, verifier := range providers {
		routes.POST("/webhooks/"+string(provider), web.Machine, Receive(inbox, verifier, log))
	}
}

// Receive handles one provider's messages: 200 stored, now or before; 400 not
// to be believed or not to be read; 413 too long; 503 not stored, try again.
func Receive(inbox Inbox, verifier payments.WebhookVerifier, log *slog.Logger) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx := c.Request().Context()
		payload, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, maxBody))
		if err != nil {
			return refuseBody(c, err)
		}
		event, err := verifier.VerifyWebhook(payload, c.Request().Header)
		if err != nil {
			report(ctx, log, err)
			return c.String(http.StatusBadRequest, "refused\n")
		}
		if _, err := inbox.StoreEvent(ctx, event, payload); err != nil {
			log.ErrorContext(ctx, "webhook could not be stored; the provider will send it again",
				"provider", event.Provider, "event", event.ID, "error", err)
			return c.String(http.StatusServiceUnavailable, "not stored\n")
		}
		return c.String(http.StatusOK, "stored\n")
	}
}

func refuseBody(c echo.Context, err error) error {
	var long *http.MaxBytesError
	if errors.As(err, &long) || errs.KindOf(err) == errs.TooLarge {
		return c.String(http.StatusRequestEntityTooLarge, "too long\n")
	}
	return c.String(http.StatusBadRequest, "unreadable\n")
}

// report says what to do about a refused message. One of another API version
// is signed by the provider, so money may be waiting behind it.
func report(ctx context.Context, log *slog.Logger, err error) {
	if errors.Is(err, payments.ErrAPIVersion) {
		log.ErrorContext(ctx, "webhook refused: the endpoint is set up for another API version. Create it anew with the version "+
			"named here, and send the events since then again from the provider's dashboard", "error", err)
		return
	}
	log.WarnContext(ctx, "webhook refused", "error", err)
}
