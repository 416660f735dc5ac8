#!/usr/bin/env bash
# Builds the bundle for the CPU and both packages, and tests them as somebody who just installed them. Two cores need
# about half an hour. Needs the Python package index the first time, and root for the clean Debian.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(command -v python3.11 || command -v python3)
need=()
for pair in xvfb:Xvfb debootstrap:debootstrap appstream:appstreamcli desktop-file-utils:desktop-file-validate nsis:makensis; do
    command -v "${pair#*:}" >/dev/null || need+=("${pair%%:*}")
done
if [ ${#need[@]} -gt 0 ] && [ "$(id -u)" = 0 ]; then
    apt-get update -q >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${need[@]}" >/dev/null
fi
"$python" packaging/build.py --flavor cpu
packages=(dist/handtint-*.run)
if [ "$(id -u)" = 0 ]; then packages+=(dist/handtint_*.deb); fi
"$python" packaging/smoke.py "${packages[@]}" --source-python build/cpu/env/bin/python
