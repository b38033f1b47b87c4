#!/bin/sh
# Says what this machine has of what `make run` and `make test` need, in a line each: what is missing, and what to type.
# Ends with status 1 if something needed is missing. It needs nothing but a shell itself.
#
#   doctor.sh            everything
#   doctor.sh -run ...   only what a start with these arguments lacks, and nothing if it lacks nothing
cd "$(dirname "$0")/../.." || exit 1

quiet= port=4566 failed=0 go= node=
if [ "$1" = -run ]; then
  quiet=1
  shift
  while [ $# -gt 0 ]; do
    case "$1" in
      -port | --port) shift; port=$1 ;;
      -port=* | --port=*) port=${1#*=} ;;
    esac
    shift
  done
fi

ok() { [ "$quiet" ] || echo "ok       $1"; }
optional() { [ "$quiet" ] || echo "optional $1"; }
missing() {
  failed=1
  if [ "$quiet" ]; then echo "make run: $1" >&2; else echo "missing  $1"; fi
}

# at_least 1.26.8 1.26 compares the first two numbers of versions.
at_least() {
  awk -v have="$1" -v want="$2" 'BEGIN {
    split(have, h, "."); split(want, w, ".")
    exit !(h[1] + 0 > w[1] + 0 || h[1] + 0 == w[1] + 0 && h[2] + 0 >= w[2] + 0)
  }'
}

want=$(awk '$1 == "go" { print $2; exit }' go.mod)
if ! command -v go >/dev/null 2>&1; then
  missing "Go is not in PATH: install Go $want or newer from https://go.dev/dl"
else
  have=$(cd / && GOTOOLCHAIN=local go env GOVERSION 2>/dev/null)
  if at_least "${have#go}" "$want"; then
    go=1
    ok "Go ${have#go}"
  elif [ "$(cd / && go env GOTOOLCHAIN)" != local ] && at_least "${have#go}" 1.21; then
    go=1
    ok "Go ${have#go}, which downloads Go $want by itself"
  else
    missing "Go ${have#go} is too old: install Go $want or newer from https://go.dev/dl"
  fi
fi

if ! command -v node >/dev/null 2>&1; then
  missing "Node is not in PATH: install Node 24 (LTS) from https://nodejs.org/en/download"
else
  have=$(node --version 2>/dev/null)
  if ! at_least "${have#v}" 20.0; then
    missing "Node ${have#v} is too old: install Node 24 (LTS) from https://nodejs.org/en/download"
  elif at_least "${have#v}" 22.0; then
    node=1
    ok "Node ${have#v}"
  else
    node=1
    ok "Node ${have#v} works, but its support has ended: Node 24 (LTS) is at https://nodejs.org/en/download"
  fi
  command -v npm >/dev/null 2>&1 || missing "npm is not in PATH: it comes with Node, https://nodejs.org/en/download"
fi

if [ ! "$quiet" ]; then
  if command -v make >/dev/null 2>&1; then ok "$(make --version | head -n 1)"; else missing "make is not in PATH: apt-get install make, or xcode-select --install"; fi
fi

if [ ! -w . ]; then
  missing "no permission to write to $(pwd): clone into a folder of yours, or chown it"
else
  ok "$(pwd) is writable"
fi

# room FOLDER MEGABYTES PURPOSE
room() {
  at=$1
  while [ ! -d "$at" ]; do at=$(dirname "$at"); done
  free=$(df -Pk "$at" | awk 'NR == 2 { print int($4 / 1024) }')
  if [ "$free" -lt "$2" ]; then
    missing "disk: $free MB free at $at, where $3 need $2 MB: remove something$4"
  else
    ok "disk: $free MB free for $3"
  fi
}
room "$(pwd)" 500 "the packages and the state"
if [ "$go" ]; then
  cache=$(go env GOCACHE 2>/dev/null)
  if [ -z "$cache" ] || [ "$cache" = off ]; then
    missing "Go has no build cache: set HOME, or GOCACHE, to a folder of yours"
  elif [ ! -d "$cache/00" ]; then # the first build
    room "$cache" 2000 "Go's caches" ", or set GOCACHE and GOMODCACHE to folders on another disk"
  fi
fi

if [ "$node" ] && [ "$port" != 0 ]; then
  if node -e 'require("net").createServer().on("error", () => process.exit(1)).listen(+process.argv[1], "127.0.0.1", () => process.exit(0))' -- "$port" 2>/dev/null; then
    ok "port $port is free"
  else
    missing "port $port is not free: stop what uses it, or choose another: make run ARGS=\"-port 4570\""
  fi
fi

if [ ! "$quiet" ]; then
  for program in "$CHROMIUM" chromium chromium-browser google-chrome "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
    /Applications/Chromium.app/Contents/MacOS/Chromium; do
    if [ "$program" ] && command -v "$program" >/dev/null 2>&1; then
      chromium=$program
      break
    fi
  done
  if [ "$chromium" ]; then
    ok "Chromium: $(command -v "$chromium")"
  else
    optional "Chromium is not there, so make test leaves the browser out: apt-get install chromium, or set CHROMIUM to its path"
  fi
fi
exit $failed
