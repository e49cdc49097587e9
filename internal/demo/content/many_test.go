package content_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"awil/internal/demo/content"
	"awil/internal/i18n"
)

func lists(t *testing.T) content.Lists {
	t.Helper()
	l, err := content.LoadLists()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestListsHoldTogether: kinds stand on shelves there are, are made of things there are, and say what food must.
func TestListsHoldTogether(t *testing.T) {
	l, p := lists(t), load(t)
	shelves := map[string]content.Category{}
	for _, c := range p.Categories {
		shelves[c.Slug] = c
	}
	used := map[string]bool{}
	for _, k := range l.Kinds {
		c, ok := shelves[k.Category]
		used[k.Category] = true
		if !ok || c.Parent == "" {
			t.Errorf("%s: no shelf %q", k.Slug, k.Category)
		}
		if len(l.Things[k.Of]) == 0 || len(l.Touches[k.Touch]) == 0 || len(l.Summaries[k.Touch]) == 0 || len(l.Stories[k.Touch]) == 0 {
			t.Errorf("%s: nothing to make it of", k.Slug)
		}
		if c.Food && k.ShelfLifeDays == nil || (k.ShelfLifeDays != nil) != (k.Storage != "none") || c.Food != (k.HSCode[:2] <= "24") {
			t.Errorf("%s does not say what it must", k.Slug)
		}
		for _, thing := range l.Things[k.Of] {
			if strings.Contains(k.Name[i18n.RU]+k.Composition[i18n.RU], "{g}") && thing.Gen == "" {
				t.Errorf("%s: no genitive of %s", k.Slug, thing.Name[i18n.RU])
			}
			all := slices.Concat(k.Contains, thing.Contains)
			if slices.Contains(k.Markets, "eu") && (slices.Contains(all, "milk") || slices.Contains(all, "egg")) {
				t.Errorf("%s goes to the EU with milk or egg", k.Slug)
			}
			for _, code := range slices.Concat(all, k.MayContain) {
				if !slices.Contains(allergens, code) {
					t.Errorf("%s: no allergen %q", k.Slug, code)
				}
			}
		}
		if len(k.Sizes) == 0 || k.Price[0] <= 0 || k.Price[1] < k.Price[0] {
			t.Errorf("%s has no size or no price", k.Slug)
		}
	}
	for _, c := range p.Categories {
		if c.Parent != "" && !used[c.Slug] {
			t.Errorf("nothing is made for the shelf %s", c.Slug)
		}
	}
}

// TestListsAreInTheirAlphabets looks at every text of the lists.
func TestListsAreInTheirAlphabets(t *testing.T) {
	l := lists(t)
	every := reflect.ValueOf(l)
	texts := 0
	var walk func(at string, v reflect.Value)
	walk = func(at string, v reflect.Value) {
		if text, ok := v.Interface().(content.Text); ok {
			for lang, s := range text {
				texts++
				for _, r := range strings.NewReplacer("{x}", "", "{g}", "", "{n}", "").Replace(s) {
					if !belongs(lang, r) {
						t.Errorf("%s: %q of %q is no letter of %s", at, r, s, lang)
					}
				}
			}
			return
		}
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(at+"."+v.Type().Field(i).Name, v.Field(i))
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(at, v.Index(i))
			}
		case reflect.Map:
			for _, key := range v.MapKeys() {
				walk(at+"."+key.String(), v.MapIndex(key))
			}
		}
	}
	walk("lists", every)
	if texts < 1000 {
		t.Errorf("looked at %d texts only", texts)
	}
}
