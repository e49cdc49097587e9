package main

import (
	"net/http"
	"runtime"
	"sync/atomic"
)

// visitors counts the requests being answered, so that letters and the like, which nobody waits for, let them go first.
type visitors struct{ now atomic.Int64 }

func (v *visitors) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.now.Add(1)
		defer v.now.Add(-1)
		next.ServeHTTP(w, r)
	})
}

// many reports whether there is a request for every second core: the other is the database's, which answers it.
func (v *visitors) many() bool { return 2*v.now.Load() >= int64(runtime.GOMAXPROCS(0)) }
