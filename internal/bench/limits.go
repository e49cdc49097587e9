package bench

import (
	"slices"
	"strings"
)

// limits say in a sentence what keeps figures from being better, as a profile
// showed; the first part of a figure's name leads to them.
var limits = []struct{ of, why string }{
	{"home page, warm", sending},
	{"listing page, warm", sending},
	{"product page, warm", sending},
	{"search page, warm", sending},
	{"product page, cold", "Compressing the page for its first visitor is a quarter of the program's time, drawing it from its templates a fifth, " +
		"putting its data together a seventh; on as many cores PostgreSQL answers, and the load generator asks."},
	{"page during 100 edits/s", "Pages that are made anew share two cores with the visitors and with the database that edits: a page " +
		"that nobody has asked for within 0.8 s is waited for, which takes as long as a cold one."},
	{"cash-on-delivery", placing},
	{"orders placed and paid", placing},
	{"12-megapixel photo", "Shrinking the pixels of the whole picture to the largest size is seven tenths of the time, reading and writing JPEG most of the rest."},
	{"ledger check", "The database, which reads and sorts every entry, takes two thirds of the time; adding them up is the rest."},
	{"statement of", "PostgreSQL, which adds up and sorts her entries since the last payout, takes nearly all of the page's time."},
	{"search among", "PostgreSQL, which walks the inverted index of words and looks up what the market shows of what it finds, takes a little more than " +
		"half of the time; in the program making sense of the text and ranking hits is most, drawing and packing the page a fourth."},
	{"suggestions among", "As with searches; what was asked before is kept as pages are, so that half of them cost the database nothing."},
	{"product page of", "PostgreSQL takes a third of the processors for reading the product and cards of its relatives, among a million goods nearly half, " +
		"much of it waiting for pages that are not in memory; the program's half goes into packing (a seventh), reading what came and drawing (a ninth each) and garbage (a seventh)."},
	{"memory while", "What pages are made from may take some 30 MB and kept pages 32 MB; the rest is garbage between two collections, and the program's own code."},
	{"memory, idle", "The program's own code, mapped from its file, is more than half; the heap is some 10 MB, and as much again may gather as garbage."},
	{"memory at 200 requests/s", "Kept pages may take 32 MB, and a busy program lets its heap grow to 64 MB before it collects garbage."},
}

const sending = "The kernel: handing the page to the socket, over loopback up to the visitor's side, is two fifths of the server's time, " +
	"reading the request a tenth; what Go's net/http does with headers is most of the rest, and the cache itself is less than a hundredth."

const placing = "The database takes more than half: beginning and ending the statements a fifth of it, commits an eighth, " +
	"foreign keys and sums a ninth; in the program the forms that are drawn and packed, and the letters, on as many cores."

// limitsOf lists what limits the figures that were measured, for the document.
func limitsOf(figures []Figure) string {
	var b strings.Builder
	for _, l := range limits {
		if slices.ContainsFunc(figures, func(f Figure) bool { return strings.HasPrefix(f.Name, l.of) }) {
			b.WriteString("- *" + l.of + "*: " + l.why + "\n")
		}
	}
	return b.String()
}
