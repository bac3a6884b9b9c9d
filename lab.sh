#!/bin/sh
# Builds .venv from the hashed lock when it is missing or old, then runs manage.py: ./lab.sh up
# ./lab.sh setup only builds it; ./lab.sh setup-dev adds the tools of the developers.
set -eu
cd "$(dirname "$0")"

trouble() {
    echo "labsite: $*" >&2
    exit 1
}

recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

make_venv() {
    for python in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
        if recent "$python"; then
            "$python" -c 'import ensurepip, venv' 2>/dev/null ||
                trouble "$python cannot make virtual environments (Debian, Ubuntu: apt install python3-venv)."
            echo "Making .venv with $("$python" --version) ..."
            rm -rf .venv
            "$python" -m venv .venv
            return
        fi
    done
    trouble "Python 3.11 or newer is needed, found $("${PYTHON:-python3}" --version 2>&1)." \
        "Install it, or name it: PYTHON=/path/to/python3.11 ./lab.sh up"
}

install() { # LOCK...: the first is installed and contains the others
    stamp=".venv/installed-$1"
    state="$(.venv/bin/python -VV) $(cksum <"$1")"
    [ "$state" = "$(cat "$stamp" 2>/dev/null)" ] && return
    echo "Installing $1 (half a minute the first time) ..."
    .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r "$1"
    for lock; do
        echo "$(.venv/bin/python -VV) $(cksum <"$lock")" >".venv/installed-$lock"
    done
}

{ recent .venv/bin/python && [ -x .venv/bin/pip ]; } || make_venv
case "${1:-}" in
setup) install requirements.lock ;;
setup-dev) install requirements-dev.lock requirements.lock ;;
*)
    install requirements.lock
    exec .venv/bin/python manage.py "$@"
    ;;
esac
