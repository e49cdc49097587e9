// Package assets carries the stylesheets, scripts and drawings the pages need,
// and serves them so that a browser fetches each version once.
//
// Every address holds a fingerprint of the whole folder, so that modules and
// stylesheets may refer to each other by relative paths and still be cached
// for a year. Stylesheets of an area are bundled and stripped of comments when
// the program starts; there is no build step.
package assets

import "embed"

//go:embed css js img
var embedded embed.FS
