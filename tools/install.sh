#!/bin/bash
# Installs what is missing, and says first what that is: tools/install.sh [dev] [server]
#   (always)  the program: Python, Tesseract with Indonesian and English, fonts for the demo's letters, .venv
#   dev       the tools that check and test it
#   server    Elasticsearch for the tests and the demo, with the Java and Maven that run and fetch it
# A terminal is asked, a script is not. Exit 2: something is missing that must be installed by root, or was declined.
set -euo pipefail
cd "$(dirname "$0")/.."

needs() { case " $NEEDS " in *" $1 "*) return 0 ;; *) return 1 ;; esac; }
NEEDS="$*"
[ -z "${ARSIP_TEST_ELASTICSEARCH:-}" ] || NEEDS=${NEEDS/server/}       # one that runs already is used as it is
STAMP=.venv/installed

# The first Python that is new enough and can make an environment (Debian keeps that part in python3-venv).
python_for_venv() {
  local candidate
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if "$candidate" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
      echo "$candidate"
      return
    fi
  done
}

has_java() {
  local java
  for java in ${JAVA_HOME:+"$JAVA_HOME/bin/java"} $(command -v java) /usr/lib/jvm/*/bin/java; do
    if "$java" -version 2>&1 | grep -qE 'version "(1[7-9]|[2-9][0-9])'; then return 0; fi
  done
  return 1
}

has_language() { tesseract --list-langs 2> /dev/null | grep -qx "$1"; }
has_font() { [ -n "$(find /usr/share/fonts /usr/local/share/fonts ~/.fonts ~/.local/share/fonts -name "$1" -print -quit 2> /dev/null)" ]; }

# Where fetched servers lie: the same rule as cache() in tests/servers.py.
server_cache() {
  if [ -n "${ARSIP_TEST_CACHE:-}" ]; then echo "$ARSIP_TEST_CACHE"
  elif [ "$(id -u)" = 0 ]; then echo /var/cache/arsip-servers
  else echo "${XDG_CACHE_HOME:-$HOME/.cache}/arsip-servers"; fi
}
has_server() { compgen -G "$(server_cache)/elasticsearch-${ARSIP_TEST_ELASTICSEARCH_VERSION:-8}.*" > /dev/null; }

# ---- what is missing

DEBIAN=()
.venv/bin/python -c 'import pip' 2> /dev/null || [ -n "$(python_for_venv)" ] || DEBIAN+=(python3 python3-venv)
command -v tesseract > /dev/null || DEBIAN+=(tesseract-ocr)
has_language ind || DEBIAN+=(tesseract-ocr-ind)
has_language eng || DEBIAN+=(tesseract-ocr-eng)
has_font DejaVuSans.ttf || DEBIAN+=(fonts-dejavu-core)
has_font LiberationSerif-Regular.ttf || DEBIAN+=(fonts-liberation)
MEGABYTES=40
if needs server; then
  MEGABYTES=100
  has_java || DEBIAN+=(default-jre-headless)
  has_server || command -v mvn > /dev/null || DEBIAN+=(maven)
fi

LOCK=requirements.txt
if needs dev || grep -qs requirements-dev.txt "$STAMP"; then LOCK=requirements-dev.txt; fi
PACKAGES=
if ! [ -x .venv/bin/arsip ] || ! .venv/bin/python -c '' || ! grep -q " $LOCK\$" "$STAMP" || ! sha256sum --check --status "$STAMP"
then PACKAGES=$(grep -c '^[a-z].*==' "$LOCK"); fi 2> /dev/null

SERVER=
if needs server && ! has_server; then SERVER=$(server_cache); fi

[ -n "${DEBIAN[*]}$PACKAGES$SERVER" ] || exit 0

# ---- say it, ask for it

echo "Arsip needs what this machine does not have yet:"
if [ -n "${DEBIAN[*]}" ]; then echo "  Debian packages   ${DEBIAN[*]} (up to $MEGABYTES MB to load)"; fi
if [ -n "$PACKAGES" ]; then echo "  Python packages   the $PACKAGES of $LOCK, into .venv here (up to 170 MB to load, 500 MB on disk)"; fi
if [ -n "$SERVER" ]; then echo "  Elasticsearch     from Maven Central, into $SERVER (about 930 MB to load, 130 MB kept)"; fi

if [ -n "${DEBIAN[*]}" ] && [ "$(id -u)" != 0 ]; then
  printf '\nThe Debian packages must be installed by root. Run this as root, then the same command again:\n\n  apt-get install --no-install-recommends %s\n\n' "${DEBIAN[*]}"
  exit 2
fi
if [ -n "${DEBIAN[*]}" ] && ! command -v apt-get > /dev/null; then
  printf '\nThere is no apt-get here: install them in the way of this system, then run the same command again.\n'
  exit 2
fi
if [ -t 0 ] && [ -t 1 ]; then
  read -r -p "Install these now? [Y/n] " answer
  case $answer in [Nn]*) echo "Nothing was installed."; exit 2 ;; esac
fi

# ---- install it

QUIET=--quiet
[ ! -t 1 ] || QUIET=
apt_get() { if [ -t 1 ]; then apt-get "$@"; else apt-get -qq "$@" > /dev/null; fi; }

if [ -n "${DEBIAN[*]}" ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt_get update
  apt_get install --yes --no-install-recommends "${DEBIAN[@]}"
fi

if [ -n "$PACKAGES" ]; then
  if ! .venv/bin/python -c 'import pip' 2> /dev/null; then
    python=$(python_for_venv)
    if [ -z "$python" ]; then echo "Python 3.11 or newer is needed; name one with PYTHON=/path/to/python3 make" >&2; exit 2; fi
    "$python" -m venv --clear .venv
  fi
  rm -f "$STAMP"
  # Only wheels, only with the hashes of the lock; the project itself stays where it is.
  .venv/bin/pip install $QUIET --disable-pip-version-check --require-hashes --only-binary :all: -r "$LOCK"
  .venv/bin/pip install $QUIET --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
  sha256sum "$LOCK" pyproject.toml > "$STAMP"
fi

[ -z "$SERVER" ] || .venv/bin/python -m tests.servers fetch
