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

# The schedules of internal/chaos keep every processor busy for minutes, so they
# are played last and alone: what they cost can be seen, and nothing else has to
# wait for them. testreport reads both runs as one.
tests() {
	go build -o bin/tools/testreport ./scripts/testreport || return 1
	all=$(go list ./...) || return 1
	rm -f bin/failed
	{
		# shellcheck disable=SC2046 # one word a package
		go test -json -timeout 20m $(printf '%s\n' "$all" | grep -v '/internal/chaos$') || : >bin/failed
		go test -json -timeout 20m ./internal/chaos || : >bin/failed
	} | bin/tools/testreport || return 1
	[ ! -e bin/failed ] || { printf 'FAILED: go test\n' >&2; return 1; }
}

step "generated code" sh scripts/check-generated.sh
step format formatted
step vet go vet ./...
step staticcheck go tool staticcheck ./...
printf 'passed: %sin %s s; now the tests\n' "$summary" "$(($(date +%s) - began))"
tests
