#!/bin/sh
# Fails when the generated Go of the templates is not what the templates say.
# The templates are compiled aside: looking must not change anything.
set -eu
cd "$(dirname "$0")/.."
aside=$(mktemp -d)
trap 'rm -rf "$aside"' EXIT INT TERM

# plain prints a generated file without the template's path, which depends on
# the folder the compiler was started for.
plain() { sed 's/FileName: `[^`]*`/FileName/' "$1"; }

find templates -name '*.templ' | while read -r template; do
	mkdir -p "$aside/$(dirname "$template")"
	cp "$template" "$aside/$template"
done
[ -d "$aside/templates" ] || exit 0
go tool templ generate -path "$aside/templates" -log-level error

stale=
for generated in $(cd "$aside" && find templates -name '*_templ.go'); do
	if [ ! -e "$generated" ] || [ "$(plain "$aside/$generated")" != "$(plain "$generated")" ]; then
		stale="$stale ${generated%_templ.go}.templ"
	fi
done
for generated in $(find templates -name '*_templ.go'); do
	[ -e "$aside/$generated" ] || stale="$stale $generated"
done
if [ -n "$stale" ]; then
	echo "generated: \`make generate\` and commit the result (a file without its template: remove it):$stale" >&2
	exit 1
fi
