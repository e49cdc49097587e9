package main

import (
	"fmt"
	"os"
	"testing"

	"awil/internal/browsertest"
)

// TestMain ends what all tests of the program share: the browser, the loaded
// demo, the built binary.
func TestMain(m *testing.M) {
	code := m.Run()
	for _, end := range []func() error{browsertest.Close, loaded.drop, built.remove} {
		if err := end(); err != nil {
			fmt.Fprintln(os.Stderr, "after the tests:", err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}
