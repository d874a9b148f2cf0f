#!/bin/bash
# Writes the locked requirements from pyproject.toml, every package with its hashes and no address of an index.
# Versions that still fit stay; tools/lock.sh --upgrade takes the newest.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=$(command -v uv || echo .venv/bin/uv)
[ -x "$uv" ] || .venv/bin/pip install --quiet uv

compile() { # FILE OPTION…
  local file=$1
  shift
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --custom-compile-command "make lock" --output-file "$file" "$@" -
}

lock() { # FILE OPTION…; setuptools builds the project itself, so it is locked with the rest
  local file=$1
  shift
  echo 'setuptools>=80' | compile "$file" "$@" pyproject.toml
}

lock requirements.txt --extra tesserocr --extra onnx "$@"
lock requirements-dev.txt --extra tesserocr --extra onnx --extra dev --constraint requirements.txt "$@"
echo 'ocrmypdf>=17' | compile requirements-peers.txt "$@"
