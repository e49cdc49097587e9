package watch

// recent keeps what was asked for last, within a bound, in two halves: what
// fills the newer one makes it the older, and what lies in the older one and is
// asked for again comes back into the newer. What nobody has asked for since is
// forgotten with its half.
type recent[K comparable, V any] struct {
	half   int // how much either may hold
	newer  map[K]weighed[V]
	older  map[K]weighed[V]
	weight int // of newer
}

type weighed[V any] struct {
	value  V
	weight int
}

func newRecent[K comparable, V any](half int) recent[K, V] {
	return recent[K, V]{half: half, newer: map[K]weighed[V]{}}
}

func (r *recent[K, V]) get(key K) (value V, ok bool) {
	if held, ok := r.newer[key]; ok {
		return held.value, true
	}
	held, ok := r.older[key]
	if ok {
		r.put(key, held.value, held.weight)
	}
	return held.value, ok
}

func (r *recent[K, V]) put(key K, value V, weight int) {
	r.weight += weight - r.newer[key].weight
	if r.weight > r.half && len(r.newer) > 0 {
		r.older, r.newer, r.weight = r.newer, map[K]weighed[V]{}, weight
	}
	r.newer[key] = weighed[V]{value, weight}
}
