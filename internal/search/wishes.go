package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Words around an allergen by which people say that they want none of it, as any of their forms fold.
var (
	noneBefore = foldedSet(`without no non not zero sans minus except exclude excluding avoid avoiding allergic allergy intolerant
без безо не нет кроме исключая аллергия непереносимость ノン`)
	noneAfter = foldedSet(`free less allergy allergic intolerance нет аллергия
yoʻq yoʻqsiz joq жок allergiya allergiyam allergiyası аллергиясы solinmagan boʻlmagan qosılmaǵan salınbaǵan bolmaǵan bolmasın кошулбаган салынбаган болбосун болбогон boʻlmasin
qoʻshilmagan ishlatilmagan paydalanılmaǵan колдонулбаган`)
	freeOf      = foldedSet("free")
	betweenThem = foldedSet(`any added all the of from to a my traces trace contain containing contains на к в из следов содержащих содержит`)
	andAlso     = foldedSet(`and or nor и или ни va yoki ham yaki hám же жана menen`)
)

var foldedWithout = Fold("without")

// Endings of words of letters as they are typed, the longest first.
var noneEndings = []string{"free", "less", "siz", "sız", "süz", "suz", "suz", "сиз", "сыз", "суз", "сүз", "соз", "сөз"}

// What follows an allergen in a run of Japanese, folded, the longest first; what joins it; what may stand behind it.
var (
	noneRuns = foldedList(`を使用していません を使っていません は使っていません が入っていません を含みません を使用していない を使用してない を使用しない を使っていない を使ってない を使わない
を含んでいない を含まない が含まれていない が含まれない が入っていない が入ってない が入らない を入れない を抜いた を除いた を除く は使わない は入れない
使用していません 使用していない 使用してない 使用しない 使っていない 使ってない 使わない 含んでいない 含まない 含まれない 入っていない 入ってない 入れない
不使用 未使用 不使用の 使用なし 無添加 アレルギー対応 アレルギー フリー ゼロ 抜き ぬき なし 無し 無い ない 以外 除く 不可 苦手 だめ`)
	joinsNone = foldedList(`入り 使用 が は を も の に`)
	behind    = foldedList(`対応の 対応 の な`)
)

func foldedList(text string) (list []string) {
	for _, field := range strings.Fields(text) {
		if w := fold(field); len(w) > 0 {
			list = append(list, plain(w))
		}
	}
	slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
	return list
}

func foldedSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range foldedList(text) {
		set[w] = true
	}
	return set
}

// none reports whether a word says that what follows is unwanted, even with a slip in it.
func (w word) none() bool {
	return w.in(noneBefore) || !w.cjk && distance(w.forms[0], foldedWithout, 1) <= 1
}

func (w word) in(set map[string]bool) bool {
	return slices.ContainsFunc(w.forms, func(form string) bool { return set[form] })
}

// wishes takes the allergens somebody wants to do without out of what was typed, as in "jam without nuts", "орехсиз" or
// "卵不使用のクッキー", and names them. Nothing else may be left.
func wishes(words []word) (rest []word, unwanted []string) {
	for i := 0; i < len(words); {
		found, n := wishBefore(words[i:])
		if n == 0 {
			found, n = wishAfter(words[i:])
		}
		if n > 0 {
			unwanted = append(unwanted, found...)
			i += n
			continue
		}
		found, left := words[i].unwanted()
		if len(found) > 0 {
			for words[i].cjk && len(rest) > 0 && rest[len(rest)-1].cjk && len(unwantable().word(rest[len(rest)-1])) > 0 { // 卵・乳不使用
				found = append(found, unwantable().word(rest[len(rest)-1])...)
				rest = rest[:len(rest)-1]
			}
			unwanted = append(unwanted, found...)
			rest = append(rest, left...)
		} else {
			rest = append(rest, words[i])
		}
		i++
	}
	slices.Sort(unwanted)
	return rest, slices.Compact(unwanted)
}

// wishBefore reads "without any walnuts or milk" at the beginning of the words.
func wishBefore(words []word) (found []string, n int) {
	at := 0
	for at < len(words) && (words[at].none() || at+1 < len(words) && words[at].in(freeOf) && words[at+1].in(betweenThem)) {
		at++
	}
	if at == 0 {
		return nil, 0
	}
	for at < len(words) && words[at].in(betweenThem) {
		at++
	}
	for at < len(words) {
		these, many := unwantable().named(words[at:])
		if many == 0 && len(found) == 0 {
			if these = unwantable().misspelt(words[at]); len(these) > 0 {
				many = 1
			}
		}
		if many == 0 {
			break
		}
		found, at = append(found, these...), at+many
		n = at
		if at >= len(words) || !words[at].in(andAlso) {
			break
		}
		at++
		for at < len(words) && (words[at].none() || words[at].in(betweenThem)) {
			at++
		}
	}
	return found, n
}

// wishAfter reads "nut and milk free" at the beginning of the words.
func wishAfter(words []word) (found []string, n int) {
	for at := 0; at < len(words); {
		these, many := unwantable().named(words[at:])
		if many == 0 {
			return nil, 0
		}
		found, at = append(found, these...), at+many
		if at < len(words) && words[at].in(noneAfter) || at < len(words) && words[at].cjk && slices.Contains(noneRuns, words[at].forms[0]) {
			return found, at + 1
		}
		if at < len(words) && words[at].in(andAlso) {
			at++
		}
	}
	return nil, 0
}

// unwanted are the allergens a single word says to do without, and what else a run of Japanese holds.
func (w word) unwanted() (found []string, left []word) {
	if w.cjk {
		return w.unwantedInRun()
	}
	for _, ending := range noneEndings {
		root, ok := strings.CutSuffix(w.typed, ending)
		if !ok || root == "" {
			continue
		}
		if forms := foldLetters([]rune(root)); len(forms) > 0 {
			if found = unwantable().word(word{forms: forms, typed: root}); len(found) > 0 {
				return found, nil
			}
		}
	}
	return nil, nil
}

func (w word) unwantedInRun() (found []string, left []word) {
	run := w.forms[0]
	for _, none := range noneRuns {
		root, after, ok := strings.Cut(run, none)
		if !ok || root == "" {
			continue
		}
		for _, join := range joinsNone {
			root = strings.TrimSuffix(root, join)
		}
		before, these := endsInAllergen(root)
		if len(these) == 0 {
			continue
		}
		for _, more := range behind {
			after = strings.TrimPrefix(after, more)
		}
		for _, part := range []string{before, after} {
			if part != "" {
				left = append(left, word{forms: []string{part}, typed: w.typedAs(part), cjk: true})
			}
		}
		return these, left
	}
	return nil, nil
}

// typedAs is a beginning or an end of a folded run of Japanese as it was typed.
func (w word) typedAs(part string) string {
	typed := []rune(w.typed)
	for n := len(typed); n > 0; n-- {
		for _, piece := range []string{string(typed[:n]), string(typed[len(typed)-n:])} {
			if strings.Map(foldKana, piece) == part {
				return piece
			}
		}
	}
	return part
}

// endsInAllergen cuts the longest names of allergens off the end of a run of Japanese, and says which they are.
func endsInAllergen(run string) (before string, found []string) {
	for at := 0; at < len(run); {
		name := run[at:]
		these := unwantable().word(word{forms: []string{name}, typed: name, cjk: true})
		if len(these) > 0 {
			before = run[:at]
			for _, join := range []string{"と", "や", "も", "の"} {
				before = strings.TrimSuffix(before, join)
			}
			rest, more := endsInAllergen(before)
			if rest == "" && len(more) > 0 {
				return "", append(more, these...)
			}
			return before, these
		}
		_, size := utf8.DecodeRuneInString(name)
		at += size
	}
	return run, nil
}
