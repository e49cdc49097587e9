#!/bin/sh
# Puts the tools that are no Debian packages into bin/tools, each once a version.
#
#   tools.sh stripe-mock|axe|lighthouse|golangci-lint ...
#
# stripe-mock checks our requests against Stripe's published API, axe checks the
# pages for accessibility, Lighthouse looks at them as a phone and a search
# engine do. Where one cannot be had, tests skip at a desk and
# fail with CI=true.
set -eu
cd "$(dirname "$0")/.."
bin=$PWD/bin/tools
mkdir -p "$bin"

say() { printf 'setup: %s\n' "$*"; }

unavailable() {
	say "WARNING: $1 could not be installed, tests that need it will be SKIPPED; see $2"
	tail -n 3 "$2"
	[ "${CI:-}" != true ]
}

# go_tool NAME MODULE VERSION: build a Go program at exactly that version.
go_tool() {
	if [ -x "$bin/$1" ] && [ "$(cat "$bin/$1.version" 2>/dev/null)" = "$3" ]; then
		return 0
	fi
	say "building $1 $3, once"
	# Our build tags and go.mod are not meant for it.
	if GOFLAGS='' GOBIN="$bin" go install "$2@$3" >"$bin/$1.log" 2>&1; then
		printf '%s' "$3" >"$bin/$1.version"
	else
		unavailable "$1" "$bin/$1.log"
	fi
}

# axe installs axe-core as the lock file names it and puts its one file where
# the tests look.
axe() {
	if [ -s "$bin/axe.min.js" ] && cmp -s scripts/browser/package-lock.json "$bin/axe/package-lock.json"; then
		return 0
	fi
	say "fetching axe-core"
	rm -rf "$bin/axe" "$bin/axe.min.js"
	mkdir -p "$bin/axe"
	cp scripts/browser/package.json "$bin/axe/"
	cp scripts/browser/package-lock.json "$bin/axe/"
	if (cd "$bin/axe" && npm ci --ignore-scripts --no-audit --no-fund) >"$bin/axe.log" 2>&1; then
		cp "$bin/axe/node_modules/axe-core/axe.min.js" "$bin/axe.min.js"
	else
		rm -rf "$bin/axe"
		unavailable axe-core "$bin/axe.log"
	fi
}

# lighthouse installs it whole, as the lock file names it, without any browser:
# the machine's own is used.
lighthouse() {
	if [ -d "$bin/lighthouse/node_modules/lighthouse" ] && cmp -s scripts/lighthouse/package-lock.json "$bin/lighthouse/package-lock.json"; then
		return 0
	fi
	say "fetching Lighthouse"
	rm -rf "$bin/lighthouse"
	mkdir -p "$bin/lighthouse"
	cp scripts/lighthouse/package.json scripts/lighthouse/package-lock.json "$bin/lighthouse/"
	if ! (cd "$bin/lighthouse" && npm ci --ignore-scripts --no-audit --no-fund) >"$bin/lighthouse.log" 2>&1; then
		rm -rf "$bin/lighthouse"
		unavailable Lighthouse "$bin/lighthouse.log"
	fi
}

for tool in "$@"; do
	case $tool in
	stripe-mock) go_tool stripe-mock github.com/stripe/stripe-mock v0.203.0 ;;
	golangci-lint) go_tool golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint v2.15.0 ;;
	axe) axe ;;
	lighthouse) lighthouse ;;
	*) say "unknown tool $tool" && exit 1 ;;
	esac
done
