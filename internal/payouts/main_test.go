package payouts_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain tries fewer random histories than rapid would by itself, for each
// has a database of its own; -rapid.checks asks for more.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked {
		_ = flag.Set("rapid.checks", "30") // the flag is rapid's, and takes a number
	}
	os.Exit(m.Run())
}
