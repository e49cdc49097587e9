package standin

import (
	"net/url"
	"slices"

	"awil/internal/platform/stripe"
)

// endpoint is a webhook endpoint as Stripe's API answers it. The stand-in's
// own webhooks go to Config.WebhookURL all the same.
type endpoint struct {
	ID            string            `json:"id"`
	Object        string            `json:"object"`
	APIVersion    *string           `json:"api_version"`
	Created       int64             `json:"created"`
	Description   *string           `json:"description"`
	EnabledEvents []string          `json:"enabled_events"`
	Livemode      bool              `json:"livemode"`
	Metadata      map[string]string `json:"metadata"`
	Secret        string            `json:"secret,omitempty"` // answered once, when it is made
	Status        string            `json:"status"`
	URL           string            `json:"url"`
}

// maxEndpoints is how many webhook endpoints an account may have
// (docs.stripe.com/webhooks).
const maxEndpoints = 16

func (s *Standin) createEndpoint(c *call) (any, *apiError) {
	p := c.params
	e := &endpoint{
		ID: newID("we_"), Object: "webhook_endpoint", APIVersion: p.oneOf("api_version", stripe.APIVersion, "2022-11-15", "2022-08-01"),
		Created: s.now(), Description: p.atMost("description", 5000), EnabledEvents: p.events(), Metadata: p.metadata("metadata"),
		Status: "enabled",
	}
	if u := p.httpURL("url"); u != nil {
		e.URL = *u
	} else {
		p.fail("parameter_missing", "url", "Missing required param: url.")
	}
	if len(e.EnabledEvents) == 0 {
		p.fail("parameter_missing", "enabled_events", "Missing required param: enabled_events.")
	}
	if len(s.state.Endpoints) >= maxEndpoints {
		p.fail("", "", "You have reached the maximum of %d webhook endpoints.", maxEndpoints)
	}
	if bad := p.done(); bad != nil {
		return nil, bad
	}
	s.state.Endpoints = append(s.state.Endpoints, e)
	answered := *e
	answered.Secret = newID("whsec_")
	return answered, nil
}

// events reads enabled_events; what is not the name of an event is refused.
func (p *params) events() []string {
	names := p.list("enabled_events")
	for _, name := range names {
		if name != "*" && name != url.PathEscape(name) {
			p.fail("", "enabled_events", "Invalid event: %s", name)
		}
	}
	return names
}

func (s *Standin) updateEndpoint(c *call) (any, *apiError) {
	at := s.endpointAt(c.id)
	if at < 0 {
		return nil, missing("webhook endpoint", c.id)
	}
	changed := *s.state.Endpoints[at]
	p := c.params
	if events := p.events(); len(events) > 0 {
		changed.EnabledEvents = events
	}
	if u := p.httpURL("url"); u != nil {
		changed.URL = *u
	}
	switch disabled := p.oneOf("disabled", "true", "false"); {
	case disabled == nil:
	case *disabled == "true":
		changed.Status = "disabled"
	default:
		changed.Status = "enabled"
	}
	if bad := p.done(); bad != nil {
		return nil, bad
	}
	s.state.Endpoints[at] = &changed
	return changed, nil
}

func (s *Standin) endpointAt(id string) int {
	return slices.IndexFunc(s.state.Endpoints, func(e *endpoint) bool { return e.ID == id })
}

func (s *Standin) getEndpoint(c *call) (any, *apiError) {
	if e := c.params.done(); e != nil {
		return nil, e
	}
	if at := s.endpointAt(c.id); at >= 0 {
		return s.state.Endpoints[at], nil
	}
	return nil, missing("webhook endpoint", c.id)
}

func (s *Standin) deleteEndpoint(c *call) (any, *apiError) {
	if e := c.params.done(); e != nil {
		return nil, e
	}
	at := s.endpointAt(c.id)
	if at < 0 {
		return nil, missing("webhook endpoint", c.id)
	}
	s.state.Endpoints = slices.Delete(s.state.Endpoints, at, at+1)
	return map[string]any{"id": c.id, "object": "webhook_endpoint", "deleted": true}, nil
}

func (s *Standin) listEndpoints(c *call) (any, *apiError) {
	limit, after := c.paging()
	if e := c.params.done(); e != nil {
		return nil, e
	}
	all := newest(s.state.Endpoints, func(*endpoint) bool { return true })
	return cut("/v1/webhook_endpoints", all, func(e *endpoint) string { return e.ID }, limit, after), nil
}
