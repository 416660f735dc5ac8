#!/usr/bin/env bash
# Builds the bundle for the CPU and both packages, and tests them as somebody who just installed them. What is missing
# of the system is installed with apt-get. Needs the Python package index the first time, and root for the clean Debian.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(command -v python3.11 || command -v python3)
"$python" packaging/descriptions.py
"$python" packaging/build.py --fast
packages=(dist/handtint-*.run)
if [ "$(id -u)" = 0 ]; then packages+=(dist/handtint_*.deb); fi
"$python" packaging/smoke.py "${packages[@]}"
"$python" packaging/start_time.py dist/cpu/handtint build/cpu/env/bin/python
