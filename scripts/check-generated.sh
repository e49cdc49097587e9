#!/bin/sh
# Fails when the generated Go of the templates is not what the templates say.
# It leaves the right version behind, to be looked at and committed.
set -eu
cd "$(dirname "$0")/.."

sums() { find templates -name '*_templ.go' -exec cksum {} + | sort -k 3; }

if ! find templates -name '*.templ' | grep -q .; then
	exit 0
fi
for generated in $(find templates -name '*_templ.go'); do
	source=${generated%_templ.go}.templ
	if [ ! -e "$source" ]; then
		echo "generated: $generated has no $source any more; remove it" >&2
		exit 1
	fi
done
before=$(sums)
go tool templ generate -path templates -log-level error
if [ "$before" != "$(sums)" ]; then
	echo "generated: templates were changed and not compiled; \`make generate\` and commit the result" >&2
	exit 1
fi
