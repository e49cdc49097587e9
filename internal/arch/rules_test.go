// Package arch holds the tests that keep the architecture as ARCHITECTURE.md
// describes it: who may import whom, who may read the environment, and that
// money is not computed with by hand.
package arch

// rule says what the packages below a path may import of this module. A name
// ending in /... stands for the package and everything below it.
type rule struct {
	packages string
	may      []string
}

// Shorthands for what many may import.
var (
	basics = []string{"internal/money", "internal/i18n", "internal/errs", "internal/paging", "internal/csvsafe", "internal/watch"}
	// The domain in import order: each may import those before it.
	domain = []string{
		"internal/accounts", "internal/places", "internal/markets", "internal/producers", "internal/photos",
		"internal/catalog", "internal/assessments", "internal/curation", "internal/search", "internal/shipping", "internal/cart",
		"internal/orders", "internal/ledger", "internal/payments", "internal/checkout",
		"internal/payouts", "internal/reconcile", "internal/books",
	}
	// What every domain package may use of the platform: the DB handle, the
	// queue, and the message type of mail.
	services = []string{"internal/platform/postgres", "internal/platform/jobs", "internal/platform/mail"}
	delivery = join(basics, domain, services, []string{"templates/...", "assets"})
)

// rules is the dependency rule: cmd → web → domain → platform and basics. The
// first line that covers a package counts; a package without a line fails the
// test. Test files are free.
var rules = []rule{
	{"internal/errs", nil},
	{"internal/money", []string{"internal/errs"}},
	{"internal/i18n", []string{"internal/money", "internal/errs"}},
	{"internal/paging", []string{"internal/errs"}},
	{"internal/csvsafe", nil},
	{"internal/watch", nil},
	{"migrations", nil},
	{"assets/...", nil},

	{"internal/platform/postgres/pgtest", []string{"migrations", "internal/platform/postgres", "internal/platform/postgres/localpg"}},
	{"internal/platform/postgres/localpg", nil},
	{"internal/platform/postgres", []string{"migrations", "internal/errs"}},
	{"internal/platform/changes", []string{"internal/platform/postgres", "internal/watch"}},
	{"internal/platform/jobs", []string{"internal/platform/postgres", "internal/errs"}},
	{"internal/platform/blob", basics},
	{"internal/platform/mail", join(basics, []string{"internal/platform/jobs"})},
	{"internal/platform/stripe/...", join(basics, []string{"internal/payments", "internal/platform/stripe"})},
	{"internal/platform/paystand", basics},
	{"internal/platform/payme/...", join(basics, []string{"internal/payments", "internal/platform/payme", "internal/platform/paystand"})},
	{"internal/platform/click/...", join(basics, []string{"internal/payments", "internal/platform/click", "internal/platform/paystand"})},

	{"templates/...", join(basics, domain, []string{"templates/...", "assets"})},

	{"internal/web", delivery},
	{"internal/webhook", join(delivery, []string{"internal/web"})},
	{"internal/web/...", join(delivery, []string{"internal/web"})},

	{"internal/demo/...", join(basics, domain, services, []string{"internal/platform/blob", "internal/demo/...", "assets/..."})},
	{"internal/bench/...", []string{"internal/...", "assets/...", "migrations", "templates/..."}},
	{"internal/chaos/...", []string{"internal/...", "migrations"}},
	{"cmd/...", []string{"internal/...", "assets/...", "migrations", "templates/..."}},
	{"internal/arch", nil},
	{"internal/browsertest", nil},
	{"scripts/...", nil},
}

// domainExtras are what single domain packages may import besides basics,
// services and the domain packages before them.
var domainExtras = map[string][]string{
	"internal/photos": {"internal/platform/blob"},
}

// onlyCommands are the packages that nothing but a command may import.
var onlyCommands = []string{"internal/demo/...", "internal/bench/...", "internal/chaos/..."}

// libraries says who may import which module from outside. A module without a
// line fails the test: whoever adds one says here who it is for.
var libraries = []rule{
	{"github.com/labstack/echo/v4/...", []string{"internal/web/...", "internal/webhook", "internal/api", "internal/feeds"}},
	{"github.com/labstack/echo-contrib/...", []string{"internal/web"}},
	{"github.com/prometheus/client_golang/...", []string{"internal/web"}},
	{"github.com/alexedwards/scs/pgxstore", []string{"cmd/awil"}},
	{"github.com/alexedwards/scs/...", []string{"internal/web/..."}},
	{"github.com/klauspost/compress/...", []string{"internal/web/...", "assets"}},
	{"github.com/andybalholm/brotli", []string{"internal/web/...", "assets"}},
	{"github.com/maypok86/otter/v2", []string{"internal/web/..."}},
	{"golang.org/x/time/rate", []string{"internal/web/..."}},
	{"github.com/skip2/go-qrcode", []string{"internal/web/..."}},
	{"github.com/a-h/templ/...", []string{"templates/...", "internal/web/..."}},

	{"github.com/jackc/pgx/v5/pgxpool", []string{"internal/platform/...", "internal/chaos/..."}},
	{"github.com/jackc/pgx/v5/stdlib", []string{"internal/platform/postgres", "internal/platform/postgres/pgtest"}},
	{"github.com/jackc/pgx/v5/...", join(domain, []string{"internal/platform/...", "internal/demo/...", "internal/bench/...", "internal/chaos/..."})},
	{"github.com/pressly/goose/v3/...", []string{"internal/platform/postgres", "internal/platform/postgres/pgtest"}},
	{"github.com/riverqueue/river/riverdriver/...", []string{"internal/platform/postgres", "internal/platform/jobs"}},
	{"github.com/riverqueue/river/rivermigrate", []string{"internal/platform/postgres"}},
	{"github.com/riverqueue/river/...", join(domain, []string{"internal/platform/jobs", "internal/platform/mail", "internal/chaos/...", "cmd/awil"})},

	{"github.com/stripe/stripe-go/v76/...", []string{"internal/platform/stripe/..."}},
	{"github.com/minio/minio-go/v7/...", []string{"internal/platform/blob"}},
	{"github.com/wneessen/go-mail", []string{"internal/platform/mail"}},
	{"github.com/emersion/go-smtp", []string{"internal/platform/mail"}},

	{"github.com/disintegration/imaging", []string{"internal/photos"}},
	{"github.com/gen2brain/...", []string{"internal/photos"}},
	{"golang.org/x/image/...", []string{"internal/photos"}},
	{"go.n16f.net/thumbhash", []string{"internal/photos"}},

	{"codeberg.org/go-pdf/fpdf", []string{"internal/payouts"}},

	{"github.com/alexedwards/argon2id", []string{"internal/accounts"}},
	{"github.com/nyaruka/phonenumbers", domain},
	{"github.com/bojanz/currency", []string{"internal/money", "internal/i18n"}},
	{"golang.org/x/text/...", []string{"internal/..."}},
	{"golang.org/x/sync/...", []string{"internal/..."}},

	{"github.com/caarlos0/env/v11", []string{"cmd/..."}},

	{"github.com/chromedp/...", []string{"internal/browsertest"}},
}

// mayReadEnvironment lists the packages outside cmd that read environment
// variables, and why.
var mayReadEnvironment = map[string]string{
	"internal/platform/postgres/pgtest":  "serves tests, which have no configuration",
	"internal/platform/postgres/localpg": "hands the PATH on to PostgreSQL",
	"internal/browsertest":               "serves tests, which have no configuration",
	"scripts/testreport":                 "is a command too; it asks whether it runs in CI",
}

// byHundred lists the places outside internal/money that multiply or divide by
// a hundred, as file and function, and what they compute instead of money.
var byHundred = map[string]string{
	"internal/i18n/plural.go russianForm": "the last two digits of a count choose its plural",
}

// longFiles lists the files of more than 500 lines, and why they are one.
var longFiles = map[string]string{}

func join(lists ...[]string) []string {
	var all []string
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}
