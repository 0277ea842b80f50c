# Shared by script/{setup,run,test,bench}: sourced, never run.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

UV_VERSION=0.13.9
TOOLS=.tools            # uv in its own small environment, so that syncing .venv never removes the tool that syncs it
VENV=.venv

export UV_PYTHON_DOWNLOADS=never
export UV_PROJECT_ENVIRONMENT="$VENV"
export PIP_DISABLE_PIP_VERSION_CHECK=1
export DEBIAN_FRONTEND=noninteractive
unset PYTHONDONTWRITEBYTECODE # compiled modules are kept: every later start of `linli` is seconds quicker for it

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 2; }
have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo; then sudo --preserve-env=DEBIAN_FRONTEND "$@"
  else return 1
  fi
}

# Installs Debian packages; the lists are refreshed only when something is really missing.
apt_install() {
  [ $# -gt 0 ] || return 0
  have apt-get || die "please install: $*"
  say "installing with apt: $*"
  { as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null 2>"$TOOLS/apt.log" \
    || { tail -n 5 "$TOOLS/apt.log" >&2; die "could not install $*; run this as root or with sudo, or install them yourself"; }
}

# Prints a Python that Linli runs on (3.11 to 3.13), or nothing.
find_python() {
  local python
  for python in python3 python3.13 python3.12 python3.11; do
    if have "$python" && "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
      command -v "$python"
      return
    fi
  done
}

uv() { "$TOOLS/uv/bin/uv" --quiet --no-progress "$@"; }

# One digest over the files below the given paths, whatever their order or age.
digest() { find "$@" -type f -not -path '*/node_modules/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1; }

# Runs a command quietly; its output is shown only if it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  [ "$status" = 0 ] || cat "$log" >&2
  rm -f "$log"
  return "$status"
}
