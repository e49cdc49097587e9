package assets

import "bytes"

// minifyCSS drops comments and the white space that carries no meaning. It
// keeps strings as they are and does not rewrite values: the gain beyond that
// is lost in compression.
func minifyCSS(src []byte) []byte {
	out := make([]byte, 0, len(src))
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == '/' && i+1 < len(src) && src[i+1] == '*':
			end := bytes.Index(src[i+2:], []byte("*/"))
			if end < 0 {
				return out
			}
			i += 2 + end + 1
		case c == '"' || c == '\'':
			end := stringEnd(src, i)
			out = append(out, src[i:end]...)
			i = end - 1
		case isSpace(c):
			if needsSpace(out) && i+1 < len(src) && !bytes.ContainsRune([]byte("{};,)"), rune(nextVisible(src, i))) {
				out = append(out, ' ')
			}
		case c == '}':
			out = append(bytes.TrimSuffix(out, []byte(";")), c)
		default:
			out = append(out, c)
		}
	}
	return bytes.TrimSpace(out)
}

// needsSpace says whether white space after what is written so far separates
// anything. Colons: white space before one matters in a selector, after one
// never does.
func needsSpace(out []byte) bool {
	return len(out) > 0 && !bytes.ContainsRune([]byte(" {};,:("), rune(out[len(out)-1]))
}

// nextVisible returns the first byte after i that is neither white space nor
// part of a comment.
func nextVisible(src []byte, i int) byte {
	for ; i < len(src); i++ {
		if bytes.HasPrefix(src[i:], []byte("/*")) {
			end := bytes.Index(src[i+2:], []byte("*/"))
			if end < 0 {
				return 0
			}
			i += 2 + end + 1
			continue
		}
		if !isSpace(src[i]) {
			return src[i]
		}
	}
	return 0
}

func stringEnd(src []byte, start int) int {
	for i := start + 1; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case src[start]:
			return i + 1
		}
	}
	return len(src)
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
