package bench

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// labelledQueries is what people type, from the folder of the sources.
const labelledQueries = "internal/search/testdata/queries.txt"

// typed is something that somebody types, in a language, and how.
type typed struct{ lang, kind, text string }

// hard tells whether it is not typed as the name is written.
func (q typed) hard() bool {
	return slices.Contains([]string{"typo", "other_script", "cross_language"}, q.kind)
}

// readQueries reads the labelled set. A line: language | kind | text | what is
// right.
func readQueries(file string) ([]typed, error) {
	text, err := os.ReadFile(filepath.FromSlash(file))
	if err != nil {
		return nil, fmt.Errorf("labelled queries: %w", err)
	}
	var list []typed
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			return nil, fmt.Errorf("%s: %q is no query", file, line)
		}
		list = append(list, typed{strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])})
	}
	return list, nil
}

// searches are the addresses that answer them, those typed as written before
// the others. Every time makes addresses that nobody has asked for yet.
func searches(queries []typed, every, time int) (easy, hard []string) {
	for i := 0; i < len(queries); i += every {
		q := queries[i]
		path := fmt.Sprintf("/%s-us/search?q=%s&time=%d", q.lang, url.QueryEscape(q.text), time)
		if q.hard() {
			hard = append(hard, path)
		} else {
			easy = append(easy, path)
		}
	}
	return easy, hard
}

// beginnings are the addresses that answer while somebody types, after each
// third letter and when all is typed.
func beginnings(queries []typed, every int) (paths []string) {
	for i := 0; i < len(queries); i += every {
		letters := []rune(queries[i].text)
		for n := min(3, len(letters)); ; n = min(n+3, len(letters)) {
			path := "/" + queries[i].lang + "-us/search/suggest?q=" + url.QueryEscape(string(letters[:n]))
			if !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
			if n == len(letters) {
				break
			}
		}
	}
	return paths
}
