#!/bin/sh
# Installs the packages of package-lock.json into a folder of the build: packages.sh SOURCE FOLDER STAMP
set -eu
command -v npm >/dev/null || { echo 'npm is missing: run scripts/bootstrap peer' >&2; exit 1; }
mkdir -p "$2"
cp "$1/package.json" "$1/package-lock.json" "$2"
npm ci --prefix "$2" --ignore-scripts --no-audit --no-fund --loglevel=error
touch "$3"
