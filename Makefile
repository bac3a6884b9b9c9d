# `make run` starts the site with a demo lab, `make test` runs the tests; both need only Python 3.11+.
# PORT, DATA_DIR, DATABASE_URL, REDIS_URL and the other variables of .env.example are honoured.

python := .venv/bin/python
compile := uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--python-version 3.11 --no-header --quiet pyproject.toml

.NOTPARALLEL:
.PHONY: help run test check setup setup-dev schema formats lock vendor bench fuzz screenshot

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /:/' | awk -F: '{printf "%-10s %s\n", $$1, $$2}'

run: ## start the site with a demo lab; Ctrl-C stops it
	@exec ./lab.sh up

test: setup-dev ## run the tests (on SQLite, or where DATABASE_URL and REDIS_URL say)
	@exec sh scripts/test.sh

check: setup-dev ## everything that CI runs
	@exec sh scripts/check.sh

setup: ## build .venv from requirements.lock
	@exec ./lab.sh setup

setup-dev: ## the same with the developers' tools
	@exec ./lab.sh setup-dev

schema: setup-dev ## write the API's description
	$(python) manage.py spectacular --validate --fail-on-warn --file labsite/openapi.yaml

formats: setup-dev ## write the table of formats
	$(python) -m scripts.formats $(or $(LABSITE_DATA),../shared/data)

lock: ## resolve the dependencies again (needs uv)
	$(compile) -o requirements.lock
	$(compile) --group dev -c requirements.lock -o requirements-dev.lock

vendor: ## copy the pinned front-end files (needs npm)
	sh scripts/vendor.sh

bench: setup-dev ## measure speed
	@set -e; for script in benchmarks/bench_*.py; do \
		$(python) -m benchmarks.$$(basename $$script .py); done

fuzz: setup-dev ## damage files for every reader, ten minutes each (READER=gamry SECONDS=60: one, shorter)
	@set -e; for reader in $(or $(READER),$$($(python) -m tests.fuzz.run)); do \
		$(python) -m tests.fuzz.run $$reader $(or $(SECONDS),600); \
		echo "$$reader: inputs tried and accepted so far: $$(cat .fuzz/$$reader/count)"; done

screenshot: setup-dev ## take the README's picture from a running demo lab (SITE=its address)
	$(python) -m scripts.screenshot $(or $(SITE),http://127.0.0.1:8000) docs/cell.png
