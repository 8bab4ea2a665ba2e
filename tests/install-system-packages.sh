# Browsers and services that the tests run against, from Debian's packages; quick when they are there.
set -eu
want=""
command -v chromium >/dev/null || want="$want chromium"
command -v firefox-esr >/dev/null || want="$want firefox-esr"
command -v redis-server >/dev/null || want="$want redis-server"
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || want="$want postgresql"
command -v Xvfb >/dev/null || want="$want xvfb"
command -v xdotool >/dev/null || want="$want xdotool"
[ -n "$want" ] || exit 0
echo "== installing for the tests:$want"
command -v apt-get >/dev/null || { echo "These are missing and this is no Debian: install$want by hand, then run make test again." >&2; exit 1; }
$SUDO apt-get update -q >/dev/null
DEBIAN_FRONTEND=noninteractive $SUDO apt-get install -y -q --no-install-recommends $want >/dev/null
