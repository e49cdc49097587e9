#!/bin/sh
# Every check and test, in the order in which they are quickest to say no.
set -u
cd "$(dirname "$0")/.."
mkdir -p bin
began=$(date +%s)
summary=

# step NAME COMMAND...: run a check, stop everything when it fails.
step() {
	name=$1
	shift
	start=$(date +%s)
	if ! "$@"; then
		printf '\nFAILED: %s\n' "$name" >&2
		exit 1
	fi
	summary="$summary$name $(($(date +%s) - start)) s · "
}

formatted() {
	bad=$(gofmt -l assets cmd internal migrations scripts templates)
	[ -z "$bad" ] || { printf 'not formatted (make fmt):\n%s\n' "$bad" >&2; return 1; }
}

tests() {
	go build -o bin/tools/testreport ./scripts/testreport &&
		go test -json -timeout 20m ./... | bin/tools/testreport
}

step "generated code" sh scripts/check-generated.sh
step format formatted
step vet go vet ./...
step staticcheck go tool staticcheck ./...
printf 'passed: %sin %s s; now the tests\n' "$summary" "$(($(date +%s) - began))"
tests
