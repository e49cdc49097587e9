// Package migrations carries the database schema: numbered SQL files that are
// applied in order and never undone.
package migrations

import "embed"

// FS holds every migration, named NNNN_what.sql.
//
//go:embed *.sql
var FS embed.FS
