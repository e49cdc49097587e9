package reconcile

import (
	"embed"

	"awil/internal/errs"
	"awil/internal/ledger"
)

//go:embed samples/*.csv
var samples embed.FS

// Sample is a small file as the reports of a till look when they can be taken in; errs.NotFound for tills without reports.
// What is in it is invented.
func Sample(t ledger.Till) ([]byte, error) {
	if !reports(t) {
		return nil, errs.E(errs.NotFound, "nobody reports of "+string(t))
	}
	return samples.ReadFile("samples/" + string(t) + ".csv")
}
