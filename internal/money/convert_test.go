package money_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"awil/internal/money"
)

func rate(t testing.TB, text string) money.Rate {
	t.Helper()
	r, err := money.ParseRate(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestConvert(t *testing.T) {
	tests := []struct {
		name string
		from money.Amount
		rate string
		to   money.Currency
		how  money.Rounding
		want int64
	}{
		{"soʻm to yen", money.New(5600000, money.UZS), "0.0128", money.JPY, money.HalfUp, 717}, // 716.8
		{"soʻm to yen, down", money.New(5600000, money.UZS), "0.0128", money.JPY, money.Down, 716},
		{"yen to dollars", money.New(1480, money.JPY), "0.0065", money.USD, money.HalfUp, 962},
		{"som to dollars", money.New(123450, money.KGS), "0.01145", money.USD, money.HalfUp, 1414}, // 14.135025
		{"dollars to dinars", money.New(1000, money.USD), "0.30675", "KWD", money.HalfUp, 3068},    // 3.0675
		{"half to even stays", money.New(1000, money.USD), "0.30625", "KWD", money.HalfEven, 3062}, // 3.0625
		{"half up", money.New(1000, money.USD), "0.30625", "KWD", money.HalfUp, 3063},
		{"up for a hair", money.New(1, money.JPY), "0.000000000001", money.USD, money.Up, 1},
		{"2.675 is a half, not below it", money.New(2675, "KWD"), "1", money.USD, money.HalfUp, 268},
		{"a refund rounds as its charge", money.New(-2675, "KWD"), "1", money.USD, money.HalfUp, -268},
		{"exact needs no rounding", money.New(200, money.USD), "1.5", money.EUR, money.Up, 300},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.from.Convert(rate(t, tt.rate), tt.to, tt.how)
			if err != nil || got != money.New(tt.want, tt.to) {
				t.Errorf("got %v, %v; want %d minor", got, err, tt.want)
			}
		})
	}
}

func TestConvertRefuses(t *testing.T) {
	one := rate(t, "1")
	usd := money.New(math.MaxInt64, money.USD)
	_, zero := usd.Convert(money.Rate{}, money.EUR, money.HalfUp)
	_, unknown := usd.Convert(one, "XYZ", money.HalfUp)
	_, mode := money.New(1, "KWD").Convert(one, money.JPY, "sideways")
	_, over := usd.Convert(rate(t, "1.1"), money.EUR, money.HalfUp)
	for want, err := range map[error]error{
		money.ErrRate: zero, money.ErrCurrency: unknown, money.ErrRounding: mode, money.ErrOverflow: over,
	} {
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}

func TestRoundUpTo(t *testing.T) {
	tests := []struct{ minor, step, want int64 }{
		{1471, 10, 1480}, {1480, 10, 1480}, {1, 100, 100}, {0, 50, 0}, {-1471, 10, -1470}, {7, 1, 7},
	}
	for _, tt := range tests {
		got, err := money.New(tt.minor, money.JPY).RoundUpTo(tt.step)
		if err != nil || got.Minor != tt.want {
			t.Errorf("%d up to %d = %v, %v; want %d", tt.minor, tt.step, got, err, tt.want)
		}
	}
	if _, err := money.New(1, money.JPY).RoundUpTo(0); !errors.Is(err, money.ErrRounding) {
		t.Errorf("step 0: %v", err)
	}
	if _, err := money.New(math.MaxInt64, money.JPY).RoundUpTo(10); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("beyond the end: %v", err)
	}
}

// A market's price as a whole: a jar of 56 000 soʻm in Japan.
func TestPriceRule(t *testing.T) {
	price, err := money.New(5600000, money.UZS).
		Convert(rate(t, "0.0128").PlusBasisPoints(3500), money.JPY, money.Up)
	if err != nil || price.Minor != 968 { // 967.68
		t.Fatalf("with margin: %v, %v", price, err)
	}
	if price, err = price.RoundUpTo(10); err != nil || price.Minor != 970 {
		t.Errorf("rounded: %v, %v", price, err)
	}
}

func TestPortion(t *testing.T) {
	fee, err := money.New(645, money.EUR).Portion(3000, money.HalfUp)
	if err != nil || fee.Minor != 194 { // 193.5
		t.Errorf("30 %% of 6.45 = %v, %v", fee, err)
	}
}

func TestParseRate(t *testing.T) {
	for _, text := range []string{"0.0128", "12650", "1", "123456789012.123456789012"} {
		if got := rate(t, text).String(); got != text {
			t.Errorf("%q came back as %q", text, got)
		}
	}
	for _, bad := range []string{"", "0", "0.000", "-1", "+1", "1/3", "1e5", "1.", ".5", "0,5", " 1", "１", "inf", "0x1",
		"11111111111111111111111111111111111111111"} {
		if r, err := money.ParseRate(bad); !errors.Is(err, money.ErrRate) {
			t.Errorf("ParseRate(%q) = %v, %v; want ErrRate", bad, r, err)
		}
	}
}

func TestRateThereAndBack(t *testing.T) {
	third := rate(t, "3").Inverse()
	if got, want := third.String(), "0.333333333333333333"; got != want {
		t.Errorf("a third is %q", got)
	}
	if !third.Times(rate(t, "3")).Equal(rate(t, "1.0")) {
		t.Error("a third of three should be exactly one")
	}
	if third.Equal(rate(t, third.String())) {
		t.Error("a third has no finite decimal")
	}
	none := money.Rate{}
	if !none.IsZero() || !none.Inverse().IsZero() || !none.Times(third).IsZero() || !third.Times(none).IsZero() ||
		!none.PlusBasisPoints(5).IsZero() || none.Equal(third) || !none.Equal(money.Rate{}) || none.String() != "" {
		t.Error("no rate must stay no rate")
	}
	if !third.PlusBasisPoints(-10000).IsZero() {
		t.Error("a margin of -100 % leaves no rate")
	}
}

func TestRateInColumnsAndJSON(t *testing.T) {
	var r money.Rate
	for _, src := range []any{"0.012800000000", []byte("0.0128")} {
		if err := r.Scan(src); err != nil || !r.Equal(rate(t, "0.0128")) {
			t.Errorf("scan %v: %v, %v", src, r, err)
		}
	}
	if value, err := r.Value(); err != nil || value != "0.0128" {
		t.Errorf("value %v, %v", value, err)
	}
	if err := r.Scan(nil); err != nil || !r.IsZero() {
		t.Errorf("scan null: %v, %v", r, err)
	}
	if value, err := r.Value(); err != nil || value != nil {
		t.Errorf("value of no rate %v, %v", value, err)
	}
	if err := r.Scan(int64(5)); !errors.Is(err, money.ErrRate) {
		t.Errorf("scan an integer: %v", err)
	}
	type line struct {
		Rate  money.Rate
		Price money.Amount
	}
	in := line{rate(t, "0.0128"), money.New(970, money.JPY)}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `{"Rate":"0.0128","Price":{"minor":970,"currency":"JPY"}}` {
		t.Fatalf("json %s, %v", text, err)
	}
	var out line
	if err := json.Unmarshal(text, &out); err != nil || !out.Rate.Equal(in.Rate) || out.Price != in.Price {
		t.Errorf("back from json: %v, %v", out, err)
	}
}

// Converting with each mode stays within one unit, on the right side.
func TestRoundingModesBracket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := money.New(rapid.Int64Range(-1_000_000_000_000, 1_000_000_000_000).Draw(t, "minor"), money.UZS)
		r, err := money.ParseRate(rapid.StringMatching(`[0-9]{1,4}\.[0-9]{0,8}[1-9]`).Draw(t, "rate"))
		if err != nil {
			t.Fatal(err)
		}
		got := map[money.Rounding]int64{}
		for _, how := range []money.Rounding{money.Up, money.Down, money.HalfUp, money.HalfEven} {
			b, err := a.Convert(r, money.JPY, how)
			if err != nil {
				t.Fatal(err)
			}
			got[how] = b.Minor * int64(a.Sign())
		}
		up, down := got[money.Up], got[money.Down]
		if up-down > 1 || up < down {
			t.Fatalf("up %d, down %d", up, down)
		}
		for _, how := range []money.Rounding{money.HalfUp, money.HalfEven} {
			if got[how] != up && got[how] != down {
				t.Fatalf("%s %d is neither %d nor %d", how, got[how], down, up)
			}
		}
	})
}
