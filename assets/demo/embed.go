// Package demo carries the pictures and drawn marks of the demo programme.
//
// It stands apart from package assets so that a server without the demo does
// not serve them: the loader copies them into the photo store, as if makers
// had sent them.
package demo

import "embed"

// Files holds photos/NAME.jpg and marks/PRODUCER-SLUG.svg.
//
//go:embed photos/*.jpg marks/*.svg
var Files embed.FS
