// Package search finds products by what people type: in any of six languages, either alphabet, with or without the
// right apostrophe, and with a slip or two.
package search
