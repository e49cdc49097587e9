package main

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
)

func TestVisitorsAreCountedWhileTheyAreAnswered(t *testing.T) {
	t.Parallel()
	var v visitors
	var nest func(deep int) http.Handler
	nest = func(deep int) http.Handler {
		return v.counted(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if got, want := v.many(), 2*deep >= runtime.GOMAXPROCS(0); got != want {
				t.Errorf("%d at once: many is %t", deep, got)
			}
			if deep <= runtime.GOMAXPROCS(0) {
				nest(deep+1).ServeHTTP(w, r)
			}
		}))
	}
	nest(1).ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	if v.now.Load() != 0 || v.many() {
		t.Errorf("%d are left", v.now.Load())
	}
}
