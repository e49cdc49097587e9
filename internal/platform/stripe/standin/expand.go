package standin

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
)

// expansions reads expand[] and expand[0]; a property that is not among those
// an operation can expand is refused, as Stripe does.
func (c *call) expansions(allowed ...string) []string {
	wanted := append(c.params.list("expand"), c.params.bare("expand[]")...)
	for _, name := range wanted {
		if !slices.Contains(allowed, name) {
			c.params.fail("", "expand", "This property cannot be expanded (%s).", name)
		}
	}
	return wanted
}

// bare reads name[]=a&name[]=b, the other way to write a list.
func (p *params) bare(name string) []string {
	p.read[name] = true
	return p.values[name]
}

// expanded returns an object with the ids at the given paths replaced by what
// they name, in whole.
func (s *Standin) expanded(object any, paths []string) any {
	if len(paths) == 0 {
		return object
	}
	tree := plainTree(object)
	for _, path := range paths {
		tree = s.expandAt(tree, strings.Split(path, "."))
	}
	return tree
}

func (s *Standin) expandAt(node any, path []string) any {
	switch n := node.(type) {
	case []any:
		for i := range n {
			n[i] = s.expandAt(n[i], path)
		}
	case map[string]any:
		if len(path) == 0 {
			return n
		}
		below := n[path[0]]
		if id, ok := below.(string); ok {
			below = plainTree(s.named(id))
		}
		n[path[0]] = s.expandAt(below, path[1:])
	}
	return node
}

// named finds any object by its id, nil when there is none.
func (s *Standin) named(id string) any {
	kind, _, _ := strings.Cut(id, "_")
	switch kind {
	case "pi":
		if i, ok := s.state.Intents[id]; ok {
			return i
		}
	case "ch":
		if c, ok := s.state.Charges[id]; ok {
			return c
		}
	case "txn":
		if m := s.movement(id); m != nil {
			return m
		}
	}
	return nil
}

// plainTree writes an object as JSON and reads it as maps and lists; numbers
// keep their text.
func plainTree(object any) any {
	data, err := json.Marshal(object)
	if err != nil {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil
	}
	return tree
}

// page is a list as Stripe answers it.
type page struct {
	Object  string `json:"object"`
	URL     string `json:"url"`
	HasMore bool   `json:"has_more"`
	Data    []any  `json:"data"`
}

// paging reads what all lists take.
func (c *call) paging() (limit int64, after *string) {
	limit = 10
	if c.params.values.Has("limit") {
		limit = min(c.params.integer("limit", 1), 100)
	}
	return limit, c.params.text("starting_after")
}

// created reads between which moments what is listed was made, both included.
func (c *call) created() (from, to int64) {
	to = math.MaxInt64
	if c.params.values.Has("created[gte]") {
		from = c.params.integer("created[gte]", 0)
	}
	if c.params.values.Has("created[lte]") {
		to = c.params.integer("created[lte]", 0)
	}
	return from, to
}

// cut cuts a page out of objects that come the newest first.
func cut[T any](url string, all []T, id func(T) string, limit int64, after *string) page {
	p := page{Object: "list", URL: url, Data: []any{}}
	if after != nil {
		at := slices.IndexFunc(all, func(one T) bool { return id(one) == *after })
		all = all[at+1:]
	}
	for _, one := range all {
		if int64(len(p.Data)) == limit {
			p.HasMore = true
			break
		}
		p.Data = append(p.Data, one)
	}
	return p
}

// newest returns those of a list that are wanted, the newest first.
func newest[T any](all []T, wanted func(T) bool) []T {
	var some []T
	for _, one := range slices.Backward(all) {
		if wanted(one) {
			some = append(some, one)
		}
	}
	return some
}
