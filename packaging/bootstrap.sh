#!/bin/sh
# Sets up what `make` needs in this folder alone: a private Python environment in .venv, pinned and hashed by
# constraints.txt. With `tests` or `window` it also sees to the system libraries that Qt needs for that.
# A second run compares two stamps and ends at once, without the network.
set -eu
unset CDPATH
cd "$(dirname "$0")/.."
purpose=${1:-}
python=.venv/bin/python

say() { printf 'Handtint set-up: %s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

has_font() {
    for folder in /usr/share/fonts /usr/local/share/fonts "${HOME:-/root}/.local/share/fonts"; do
        [ -d "$folder" ] && [ -n "$(find -L "$folder" -name '*.[to]tf' 2>/dev/null | head -n 1)" ] && return 0
    done
    return 1
}

# Runs apt-get as root, or through sudo where that asks no password; fails where neither may.
install_packages() {
    command -v apt-get >/dev/null 2>&1 || return 1
    if [ "$(id -u)" = 0 ]; then as_root=env; else as_root='sudo -n env'; fi
    $as_root true >/dev/null 2>&1 || return 1
    say "installing $* with apt-get"
    set -- DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
    $as_root "$@" >/dev/null 2>&1 </dev/null && return 0
    $as_root apt-get update -q >/dev/null </dev/null && $as_root "$@" >&2 </dev/null
}

make_environment() {
    uv=$(command -v uv) || uv=.venv/uv/bin/uv
    if ! [ -x "$uv" ] || ! "$uv" --version >/dev/null 2>&1; then
        python3 -c 'import venv, ensurepip' 2>/dev/null || install_packages python3 python3-venv ||
            stop "Python 3 with its venv module is missing. Install python3 and python3-venv, then run this again."
        say "getting uv, which installs the rest"
        rm -rf .venv/uv
        python3 -m venv .venv/uv
        .venv/uv/bin/python -m pip install -q --require-hashes -r packaging/uv.txt ||
            stop "uv could not be fetched. Check the connection to the Python package index, then run this again."
        uv=.venv/uv/bin/uv
    fi
    say "installing Python packages into .venv (several GB with torch; once)"
    "$uv" venv -q --allow-existing --python '>=3.11,<3.14' .venv ||
        stop "Python 3.11, 3.12 or 3.13 is missing and could not be fetched. Install one, then run this again."
    "$uv" pip sync -q --python "$python" --require-hashes constraints.txt ||
        stop "the packages could not be installed. The reason stands above; run this again to go on."
    # setuptools came with the pins, so that building needs nothing unpinned.
    "$uv" pip install -q --python "$python" --no-build-isolation --no-deps -e .
}

# A moved folder breaks an environment, so its place is part of the stamp.
wanted="$(cat constraints.txt pyproject.toml packaging/uv.txt | cksum) $(pwd -P)"
if [ "$(cat .venv/.handtint-stamp 2>/dev/null)" != "$wanted" ]; then
    make_environment
    rm -f .venv/.handtint-libraries-*
    printf '%s\n' "$wanted" >.venv/.handtint-stamp
fi

if [ -n "$purpose" ] && [ "$(uname -s)" = Linux ] && ! [ -e ".venv/.handtint-libraries-$purpose" ]; then
    "$python" packaging/system_packages.py "$purpose" || exit 1
    has_font || { install_packages fonts-dejavu-core && has_font; } ||
        say "no font was found: install one, such as DejaVu, to read the window."
    : >".venv/.handtint-libraries-$purpose"
fi
