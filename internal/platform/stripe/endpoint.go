package stripe

import (
	"context"
	"errors"
	"slices"
	"strings"

	stripego "github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/webhookendpoint"
)

// Endpoint is where Stripe sends webhooks for us.
type Endpoint struct {
	ID         string
	URL        string
	APIVersion string // empty: whatever version the account has
	Events     []string
	Enabled    bool
}

// Faults says in plain words what keeps an endpoint from telling us what we
// need, and nothing else; none if it is right.
func (e Endpoint) Faults() []string {
	var faults []string
	if !e.Enabled {
		faults = append(faults, "it is disabled")
	}
	if e.APIVersion == "" {
		faults = append(faults, "it speaks the account's own API version, we need "+APIVersion)
	} else if e.APIVersion != APIVersion {
		faults = append(faults, "it speaks API version "+e.APIVersion+", we need "+APIVersion)
	}
	if missing := without(Events(), e.Events); len(missing) > 0 {
		faults = append(faults, "it does not send "+strings.Join(missing, ", "))
	}
	if surplus := without(e.Events, Events()); len(surplus) > 0 {
		faults = append(faults, "it sends what nobody reads: "+strings.Join(surplus, ", "))
	}
	return faults
}

func without(all, taken []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(one string) bool { return slices.Contains(taken, one) })
}

// Endpoints looks after the webhook endpoints of one Stripe account.
type Endpoints struct{ client webhookendpoint.Client }

// NewEndpoints needs of a configuration only how to reach Stripe and the
// secret key: the webhook secret is what a new endpoint brings.
func NewEndpoints(c Config) (*Endpoints, error) {
	if c.SecretKey == "" {
		return nil, errors.New("stripe: the secret key is needed")
	}
	return &Endpoints{client: webhookendpoint.Client{B: connect(c), Key: c.SecretKey}}, nil
}

// At lists the endpoints that call an address, the best first: right ones,
// then those that can be mended, then those of another API version.
func (e *Endpoints) At(ctx context.Context, url string) ([]Endpoint, error) {
	params := &stripego.WebhookEndpointListParams{}
	params.Context = ctx
	params.Limit = stripego.Int64(pageSize)
	var all []Endpoint
	list := e.client.List(params)
	for list.Next() {
		if w := list.WebhookEndpoint(); w.URL == url {
			all = append(all, Endpoint{ID: w.ID, URL: w.URL, APIVersion: w.APIVersion, Events: w.EnabledEvents, Enabled: w.Status == "enabled"})
		}
	}
	if err := list.Err(); err != nil {
		return nil, failure("list webhook endpoints", err)
	}
	rank := func(one Endpoint) int {
		switch {
		case one.APIVersion != APIVersion:
			return 2
		case len(one.Faults()) > 0:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(all, func(a, b Endpoint) int { return rank(a) - rank(b) })
	return all, nil
}

// Check says what keeps webhooks from reaching an address as they should, and
// which endpoint is the one that counts; no faults mean that all is well.
func (e *Endpoints) Check(ctx context.Context, url string) (Endpoint, []string, error) {
	all, err := e.At(ctx, url)
	if err != nil {
		return Endpoint{}, nil, err
	}
	if len(all) == 0 {
		return Endpoint{}, []string{"no webhook endpoint calls " + url}, nil
	}
	faults := all[0].Faults()
	for _, other := range all[1:] {
		if other.Enabled {
			faults = append(faults, other.ID+" calls the same address, signed with another secret")
		}
	}
	return all[0], faults, nil
}

// Setup is what was done to an account's endpoints.
type Setup struct {
	Endpoint Endpoint
	Secret   string   // signs its webhooks; only a new endpoint's is known
	Mended   []string // what was wrong with the endpoint, and is no longer
	Disabled []string // endpoints that call us no more
}

// SetUp sees to it that exactly one endpoint calls an address, as we need it.
// An endpoint's API version is fixed when it is made, so one of another
// version is replaced. What was done before an error is in the answer.
func (e *Endpoints) SetUp(ctx context.Context, url string) (Setup, error) {
	var done Setup
	all, err := e.At(ctx, url)
	if err != nil {
		return done, err
	}
	if len(all) == 0 || all[0].APIVersion != APIVersion {
		if done, err = e.create(ctx, url); err != nil {
			return done, err
		}
	} else {
		done.Endpoint = all[0]
		if faults := all[0].Faults(); len(faults) > 0 {
			if err := e.mend(ctx, &done.Endpoint); err != nil {
				return done, err
			}
			done.Mended = faults
		}
		all = all[1:]
	}
	for _, other := range all {
		if !other.Enabled {
			continue
		}
		if err := e.disable(ctx, other.ID); err != nil {
			return done, err
		}
		done.Disabled = append(done.Disabled, other.ID)
	}
	return done, nil
}

func (e *Endpoints) create(ctx context.Context, url string) (Setup, error) {
	params := &stripego.WebhookEndpointParams{
		URL:           stripego.String(url),
		APIVersion:    stripego.String(APIVersion),
		EnabledEvents: stripego.StringSlice(Events()),
		Description:   stripego.String("Awıl"),
	}
	params.Context = ctx
	w, err := e.client.New(params)
	if err != nil {
		return Setup{}, failure("create a webhook endpoint", err)
	}
	return Setup{
		Endpoint: Endpoint{ID: w.ID, URL: w.URL, APIVersion: w.APIVersion, Events: w.EnabledEvents, Enabled: true},
		Secret:   w.Secret,
	}, nil
}

func (e *Endpoints) mend(ctx context.Context, one *Endpoint) error {
	params := &stripego.WebhookEndpointParams{EnabledEvents: stripego.StringSlice(Events()), Disabled: stripego.Bool(false)}
	params.Context = ctx
	w, err := e.client.Update(one.ID, params)
	if err != nil {
		return failure("mend webhook endpoint "+one.ID, err)
	}
	one.Events, one.Enabled = w.EnabledEvents, w.Status == "enabled"
	return nil
}

func (e *Endpoints) disable(ctx context.Context, id string) error {
	params := &stripego.WebhookEndpointParams{Disabled: stripego.Bool(true)}
	params.Context = ctx
	if _, err := e.client.Update(id, params); err != nil {
		return failure("disable webhook endpoint "+id, err)
	}
	return nil
}
