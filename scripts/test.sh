#!/bin/sh
# Run pytest on the database and broker that the environment names, with a browser if there is one.
set -eu
cd "$(dirname "$0")/.."

browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

if ! browser >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests ..."
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends chromium; } >/dev/null </dev/null ||
        echo "Chromium could not be installed."
fi
browser >/dev/null || echo "No Chromium: the browser tests are skipped (Debian: apt install chromium)."

exec .venv/bin/python -m pytest -n 2 --dist loadfile "$@"
