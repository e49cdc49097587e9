package bench

import (
	"strings"
	"testing"
)

func TestTags(t *testing.T) {
	const page = `<!DOCTYPE html><html lang="en"><!-- <a href="/no"> --><script>if (1 < 2) "<a href='/no'>"</script>
<A Class='x y' href="/p?a=1&amp;b=2" title="a > b" data-go>Go &amp; see</A><input required value=plain/><br/>`
	var names []string
	for tag := range tags(page) {
		names = append(names, tag.name)
		switch tag.name {
		case "a":
			if tag.attr("href") != "/p?a=1&b=2" || tag.attr("class") != "x y" || tag.attr("title") != "a > b" {
				t.Errorf("attributes of %q", tag.attrs)
			}
			if !tag.has("data-go") || tag.has("data") || tag.attr("data-go") != "" {
				t.Errorf("flags of %q", tag.attrs)
			}
			if tag.text() != "Go & see" {
				t.Errorf("text %q", tag.text())
			}
		case "input":
			if !tag.has("required") || tag.attr("value") != "plain" {
				t.Errorf("attributes of %q", tag.attrs)
			}
		}
	}
	if got := strings.Join(names, " "); got != "!doctype html script /script a /a input br" {
		t.Errorf("tags: %s", got)
	}
}

func TestTagsOfBrokenPages(t *testing.T) {
	for _, page := range []string{"", "<", "<a", `<a href="`, "<!--", "<a ='x'>", "a < b"} {
		for tag := range tags(page) {
			tag.attr("href")
		}
	}
}
