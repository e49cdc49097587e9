package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"time"
)

const (
	besideSum = "Postgres: the sum of the same entries"
	// demoPassword is that of all accounts of the demo programme.
	demoPassword = "demo-demo-demo"
	moneyPage    = "/studio/money"
)

// statements measures how long a producer waits for her money's page, and for
// the files of the same: everything since her last payout, which is all.
func (r *run) statements(ctx context.Context, producer int64) error {
	entries, err := r.count(ctx, ledgerEntries, producer)
	if err != nil {
		return err
	}
	if entries < r.plan.crowd.hers {
		return fmt.Errorf("the producer has %d entries, not %d", entries, r.plan.crowd.hers)
	}
	v, err := signIn(ctx, r.site, producerLogin)
	if err != nil {
		return err
	}
	defer v.client.CloseIdleConnections()
	name := "statement of a producer with " + grouped(int64(r.plan.crowd.hers)) + " entries"
	r.say("%s", name)
	sum := func(ctx context.Context) error { return r.sumOf(ctx, producer) }
	ours, theirs, err := r.inTurns(ctx, r.plan.statements, v.see(moneyPage), sum)
	if err != nil {
		return err
	}
	for _, q := range []struct {
		name  string
		share float64
	}{{"p50", 0.5}, {"p99", 0.99}} {
		r.add(Figure{Name: name + ", page, " + q.name, Unit: "ms", Ours: ours.latency(q.share)}.withYardstick(besideSum, theirs.latency(q.share)))
	}
	for _, file := range []string{"csv", "pdf"} {
		ours, _, err := r.inTurns(ctx, 1, v.see(moneyPage+"/now."+file), nil)
		if err != nil {
			return err
		}
		r.add(Figure{Name: name + ", " + strings.ToUpper(file), Unit: "ms", Ours: ours.latency(0.5)})
	}
	return nil
}

// sumOf adds up the entries of a producer's accounts, one account at a time,
// as an index gives them.
func (r *run) sumOf(ctx context.Context, producer int64) error {
	_, err := r.db.Exec(ctx, `/* bench.sum */
select a.id, s.minor from ledger_accounts a
cross join lateral (select sum(amount_minor) as minor from ledger_entries where account_id = a.id) s where a.producer_id = $1`, producer)
	if err != nil {
		return fmt.Errorf("add up a producer's entries: %w", err)
	}
	return nil
}

// inTurns asks one side so many times, then the other, round after round. The
// first answers of each are not counted; without another side ours is alone.
func (r *run) inTurns(ctx context.Context, times int, ours, theirs func(context.Context) error) (a, b rounds, err error) {
	for round := range r.plan.rounds + 1 {
		for _, side := range []struct {
			ask func(context.Context) error
			to  *rounds
		}{{ours, &a}, {theirs, &b}} {
			if side.ask == nil {
				continue
			}
			n := times
			if round == 0 {
				n = 1
			}
			t, err := oneAfterTheOther(ctx, n, side.ask)
			if err != nil {
				return a, b, err
			}
			if round > 0 {
				*side.to = append(*side.to, t)
			}
		}
	}
	return a, b, nil
}

// oneAfterTheOther takes the time of each.
func oneAfterTheOther(ctx context.Context, times int, ask func(context.Context) error) (tally, error) {
	t := tally{requests: times}
	start := time.Now()
	for range times {
		began := time.Now()
		if err := ask(ctx); err != nil {
			return tally{}, err
		}
		t.latencies = append(t.latencies, time.Since(began))
	}
	t.elapsed = time.Since(start)
	slices.Sort(t.latencies)
	return t, nil
}

// signIn opens a session in the shop, as its form does.
func signIn(ctx context.Context, s *site, login string) (visit, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return visit{}, fmt.Errorf("cookies: %w", err)
	}
	v := visit{site: s, from: "10.255.255.1", client: &http.Client{
		Transport: &http.Transport{DisableCompression: true, IdleConnTimeout: time.Minute}, Jar: jar, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	page, err := v.open(ctx, "/sign-in")
	if err != nil {
		return v, err
	}
	f, err := findForm(page, "/sign-in")
	if err == nil {
		err = f.fill(map[string]string{"username": login, "email": login, "current-password": demoPassword})
	}
	if err == nil {
		_, err = v.send(ctx, f)
	}
	if err != nil {
		return v, fmt.Errorf("sign in as %s: %w", login, err)
	}
	return v, nil
}

// see reads a page or file whenever it is called.
func (v visit) see(path string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := v.open(ctx, path)
		return err
	}
}
