package i18n

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed catalog
var files embed.FS

// metaKey holds, in each catalogue file, what translators need to know of it.
const metaKey = "_meta"

// meta is the note at the head of a catalogue file.
type meta struct {
	Review   string   `json:"review"`   // "native", or "needed" until a native speaker has read it
	Doubtful []string `json:"doubtful"` // keys to look at first
	Dynamic  []string `json:"dynamic"`  // prefixes of keys that the code puts together
}

// catalogFile is one area in one language.
type catalogFile struct {
	name     string // path within the catalogue, for error messages
	lang     Lang
	area     string
	meta     meta
	messages map[string]*message
}

// localizers loads the catalogues the first time anybody asks. They are part
// of the binary, so one that does not parse is a bug that must stop the
// program at once, not a failure of a request.
var localizers = sync.OnceValue(func() map[Lang]*Localizer {
	all, err := readCatalogs(files)
	if err != nil {
		panic(err)
	}
	return newLocalizers(all)
})

// readCatalogs reads every catalog/<lang>/<area>.json.
func readCatalogs(fsys fs.FS) ([]catalogFile, error) {
	names, err := fs.Glob(fsys, "catalog/*/*.json")
	if err != nil {
		return nil, fmt.Errorf("i18n: %w", err)
	}
	var all []catalogFile
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("i18n: %w", err)
		}
		file, err := parseCatalog(name, text)
		if err != nil {
			return nil, fmt.Errorf("i18n: %s: %w", name, err)
		}
		all = append(all, file)
	}
	return all, nil
}

// parseCatalog reads one file. A key given twice is an error, which the JSON
// decoder alone would not notice.
func parseCatalog(name string, text []byte) (catalogFile, error) {
	lang, ok := ParseLang(path.Base(path.Dir(name)))
	if !ok {
		return catalogFile{}, fmt.Errorf("no such language")
	}
	file := catalogFile{
		name: name, lang: lang,
		area:     strings.TrimSuffix(path.Base(name), ".json"),
		messages: map[string]*message{},
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return catalogFile{}, fmt.Errorf("not a JSON object: %v", err)
	}
	for dec.More() {
		if err := file.readEntry(dec); err != nil {
			return catalogFile{}, fmt.Errorf("byte %d: %w", dec.InputOffset(), err)
		}
	}
	if _, err := dec.Token(); err != nil {
		return catalogFile{}, err
	}
	return file, nil
}

func (f *catalogFile) readEntry(dec *json.Decoder) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	key, _ := token.(string)
	if key == metaKey {
		if err := dec.Decode(&f.meta); err != nil {
			return fmt.Errorf("%s: %w", metaKey, err)
		}
		return nil
	}
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return fmt.Errorf("key %s: %w", key, err)
	}
	if f.messages[key] != nil {
		return fmt.Errorf("key %s is there twice", key)
	}
	if f.messages[key], err = parseMessage(raw); err != nil {
		return fmt.Errorf("key %s: %w", key, err)
	}
	return nil
}

// newLocalizers merges the files of each language. A message a language lacks
// is taken from English: a page with one English word is better than one with
// a key on it.
func newLocalizers(all []catalogFile) map[Lang]*Localizer {
	byLang := map[Lang]*Localizer{}
	for _, lang := range Langs() {
		byLang[lang] = newLocalizer(lang)
	}
	for _, file := range all {
		for key, m := range file.messages {
			byLang[file.lang].messages[key] = m
		}
	}
	for _, l := range byLang {
		for key, m := range byLang[EN].messages {
			if l.messages[key] == nil {
				l.messages[key] = m
			}
		}
	}
	return byLang
}
