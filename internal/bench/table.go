package bench

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

var columns = []string{"what", "unit", "ours", "yardstick", "ratio", "goal", "", "beside"}

// cells are a figure's columns.
func (f Figure) cells() []string {
	yardstick, ratio := "–", "–"
	if f.Yardstick != nil {
		yardstick = number(*f.Yardstick)
	}
	if f.Ratio != nil {
		ratio = number(*f.Ratio) + " ×"
	}
	return []string{f.Name, f.Unit, number(f.Ours), yardstick, ratio, f.goal(), f.verdict(), f.beside}
}

// numeric tells which columns stand to the right.
func numeric(column int) bool { return column >= 2 && column <= 4 }

// writeTable prints the figures for a terminal.
func writeTable(w io.Writer, figures []Figure) error {
	rows := [][]string{columns}
	for _, f := range figures {
		rows = append(rows, f.cells())
	}
	widths := make([]int, len(columns))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if numeric(i) {
				line.WriteString(pad + cell + "  ")
			} else {
				line.WriteString(cell + pad + "  ")
			}
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
			return fmt.Errorf("print table: %w", err)
		}
	}
	return nil
}

// markdownTable is the same for the document.
func markdownTable(figures []Figure) string {
	var b strings.Builder
	b.WriteString("| " + strings.Join(columns, " | ") + " |\n|")
	for i := range columns {
		if numeric(i) {
			b.WriteString(" ---: |")
		} else {
			b.WriteString(" --- |")
		}
	}
	b.WriteString("\n")
	for _, f := range figures {
		b.WriteString("| " + strings.Join(f.cells(), " | ") + " |\n")
	}
	return b.String()
}

// number writes a value that was measured with three digits that count, large
// ones whole and in groups of three.
func number(v float64) string {
	size := math.Abs(v)
	switch {
	case v == 0:
		return "0"
	case size >= 999.5:
		return grouped(int64(math.Round(v)))
	case size >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case size >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case size >= 1:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}

// exact writes a value that somebody chose, such as a goal, as she wrote it.
func exact(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
