#!/bin/sh
# What CI runs, stopping at the first trouble; the tests come last.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

step() {
    printf '\n== %s\n' "$1"
    shift
    "$@"
}
manage() { env -u DATABASE_URL -u REDIS_URL DATA_DIR="$scratch" "$python" manage.py "$@"; }

step "style" "$python" -m ruff check
step "format" "$python" -m ruff format --check
step "types" "$python" -m mypy .
step "imports" .venv/bin/lint-imports

export SECRET_KEY="$("$python" -c 'import secrets; print(secrets.token_urlsafe(60))')"
export HTTPS=1 ALLOWED_HOSTS=lab.example.org CSRF_TRUSTED_ORIGINS=https://lab.example.org
step "deployment" manage check --deploy --fail-level WARNING
unset SECRET_KEY HTTPS ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS

step "migrations" manage makemigrations --check --dry-run
step "schema" manage spectacular --validate --fail-on-warn --file "$scratch/openapi.yaml"
diff -u labsite/openapi.yaml "$scratch/openapi.yaml" || {
    echo "labsite/openapi.yaml is old: run make schema and look at the difference." >&2
    exit 1
}

servers=$("$python" scripts/servers.py) || [ -z "${LABSITE_REQUIRE_ALL:-}" ]
step "tests on SQLite" env -u DATABASE_URL -u REDIS_URL sh scripts/test.sh
[ -n "$servers" ] || exit 0
own_stack="tests/faults/test_up.py tests/faults/test_containers.py tests/faults/test_supervisor.py tests/browser"
no_database="tests/architecture tests/science tests/formats tests/methods"
step "tests on PostgreSQL and Redis" env $servers sh scripts/test.sh \
    $(printf -- '--ignore %s ' $own_stack $no_database)
