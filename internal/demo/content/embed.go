// Package content holds the demo programme as data: its places, makers, goods,
// markets and words in six languages.
//
// The makers are invented, the places are real. Each file says in its _meta
// who still has to read it. The program that fills the database from it is
// internal/demo.
package content

import "embed"

//go:embed *.json many/*.json producers/*.json villages/*.json
var files embed.FS
