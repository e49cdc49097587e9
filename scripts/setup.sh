#!/bin/sh
# Installs what a make target needs and the machine lacks.
#
#   setup.sh run|test|bench|lighthouse
#
# On Debian and Ubuntu it uses apt-get, as root or by sudo where that asks no
# password; elsewhere it says in one line what to install. A second run finds
# everything there and only looks.
set -eu
cd "$(dirname "$0")/.."
target=${1:-run}
packages=   # Debian's names of what is missing
things=     # the same in plain words
optional=   # "yes" while all that is missing only makes tests skip

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

strict() { [ "${CI:-}" = true ]; }

# missing NAME PACKAGES: remember something to install.
missing() {
	things="${things:+$things, }$1"
	packages="$packages $2"
}

has() { command -v "$1" >/dev/null 2>&1; }

has_postgres() {
	for bin in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin; do
		version=$(basename "$(dirname "$bin")" | tr -cd 0-9)
		if [ -x "$bin/postgres" ] && [ -x "$bin/initdb" ] && [ "${version:-0}" -ge 15 ]; then
			return 0
		fi
	done
	for bin in /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
		[ ! -x "$bin/initdb" ] || return 0
	done
	has postgres && has initdb
}

has_fonts() {
	! has apt-get && return 0 # elsewhere the names differ; a page shows what is missing
	[ -e /usr/share/fonts/truetype/noto/NotoSans-Regular.ttf ] &&
		[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ]
}

look() {
	has go || die "Go is missing: install Go 1.26 or newer (https://go.dev/doc/install) and run this again"
	case $target in
	run)
		[ -n "${AWIL_DATABASE_URL:-}" ] || has_postgres || missing "PostgreSQL 15 or newer" postgresql
		;;
	test)
		has_postgres || missing "PostgreSQL 15 or newer" postgresql
		[ -n "$things" ] || optional=yes
		has chromium || has chromium-browser || has google-chrome || missing Chromium chromium
		has_fonts || missing "the Noto fonts" "fonts-noto-core fonts-noto-cjk"
		has npm || missing "Node.js with npm" "nodejs npm"
		has pdftotext || missing pdftotext poppler-utils
		;;
	bench)
		has_postgres || missing "PostgreSQL 15 or newer" postgresql
		has nginx || [ -x /usr/sbin/nginx ] || missing nginx nginx-light
		has vipsthumbnail || missing vipsthumbnail libvips-tools
		;;
	lighthouse)
		has_postgres || missing "PostgreSQL 15 or newer" postgresql
		has chromium || has chromium-browser || has google-chrome || missing Chromium chromium
		has_fonts || missing "the Noto fonts" "fonts-noto-core fonts-noto-cjk"
		has npm || missing "Node.js with npm" "nodejs npm"
		has curl || missing curl curl
		;;
	*) die "usage: setup.sh run|test|bench|lighthouse" ;;
	esac
}

# give_up says what to install by hand. What only tests want may be missing at
# a desk: they skip, and say so.
give_up() {
	if [ "$optional" = yes ] && ! strict; then
		say "WARNING: $things missing, some tests will be SKIPPED. $1"
		return 0
	fi
	die "$things missing. $1"
}

install_missing() {
	if ! has apt-get; then
		give_up "Please install it with your system's package manager and run this again."
		return
	fi
	if [ "$(id -u)" = 0 ]; then
		as_root=
	elif has sudo && sudo -n true 2>/dev/null; then
		as_root="sudo -n"
	else
		give_up "Please run: sudo apt-get install$packages"
		return
	fi
	say "installing $things"
	log=$(mktemp)
	if apt_install >"$log" 2>&1; then
		rm -f "$log"
		return
	fi
	tail -n 5 "$log" >&2
	give_up "apt-get could not install it, see $log"
}

apt() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q --no-install-recommends "$@"; }

# apt_install installs $packages without starting a single service: we want the
# programs, not a database on port 5432 or a web server on port 80.
apt_install() {
	apt update
	case " $packages " in
	*" postgresql "*)
		server=$(apt-cache depends postgresql | sed -n 's/.*Depends: \(postgresql-[0-9]*\)$/\1/p' | head -n 1)
		if [ "${server#postgresql-}" -lt 15 ]; then
			echo "this system offers $server; add the PostgreSQL project's own apt repository" >&2
			return 1
		fi
		packages=$(printf '%s' "$packages" | sed "s/postgresql/$server/")
		apt install postgresql-common
		clusters=/etc/postgresql-common/createcluster.conf
		$as_root cp "$clusters" "$clusters.awil"
		printf 'create_main_cluster = false\n' | $as_root tee -a "$clusters" >/dev/null
		;;
	esac
	policy=/usr/sbin/policy-rc.d
	held=
	if [ ! -e "$policy" ]; then
		held=yes
		printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
		$as_root chmod 755 "$policy"
	fi
	code=0
	# shellcheck disable=SC2086 # a list of names
	apt install $packages || code=$?
	[ -z "$held" ] || $as_root rm -f "$policy"
	[ -z "${clusters:-}" ] || $as_root mv "$clusters.awil" "$clusters"
	case " $packages " in
	*" nginx-light "*) ! has systemctl || $as_root systemctl disable nginx || true ;;
	esac
	return "$code"
}

look
[ -z "$things" ] || install_missing
if [ "$target" = test ]; then
	sh scripts/tools.sh stripe-mock axe lighthouse
fi
if [ "$target" = lighthouse ]; then
	CI=true sh scripts/tools.sh lighthouse
fi
