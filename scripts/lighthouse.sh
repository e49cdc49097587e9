#!/bin/sh
# Measures the shop's pages with Lighthouse on a shop of its own with demo data:
# the median of three runs each, as a phone with a slow line sees them.
#
#   lighthouse.sh [RUNS [PATH...]]
set -eu
cd "$(dirname "$0")/.."
runs=${1:-3}
[ $# = 0 ] || shift
[ $# -gt 0 ] || set -- /en-jp/ /en-jp/products "" "/en-jp/search?q=jam" /en-jp/cart

dir=$(mktemp -d)
server=
finish() {
	[ -z "$server" ] || { kill "$server" 2>/dev/null || :; wait "$server" 2>/dev/null || :; }
	rm -rf "$dir"
}
trap finish EXIT INT TERM

port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
AWIL_ADDR=127.0.0.1:$port AWIL_DATA_DIR=$dir ./bin/awil serve --demo >"$dir.log" 2>&1 &
server=$!
base=http://127.0.0.1:$port
tries=0
until curl -sf "$base/readyz" >/dev/null && curl -sf "$base/en-jp/products" | grep -q 'class="card"'; do
	tries=$((tries + 1))
	if [ "$tries" -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then
		echo "lighthouse: the shop did not start, see $dir.log" >&2
		exit 1
	fi
	sleep 1
done
rm -f "$dir.log"

# An empty path stands for a product.
product=$(curl -sf "$base/en-jp/products" | grep -o '/en-jp/products/[a-z0-9-]*' | head -n 1)
for path in "$@"; do
	shift
	set -- "$@" "${path:-$product}"
done
node scripts/lighthouse/run.mjs "$base" "$runs" "$@" | node scripts/lighthouse/table.mjs
