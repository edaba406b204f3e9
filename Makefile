# The only thing to learn. Every target sets up what it needs; `make run PORT=9000` and the like pass settings on.
.DEFAULT_GOAL := help
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/zh_Hans/LC_MESSAGES/*.po locale/third_party/zh_Hans/LC_MESSAGES/*.po))
.PHONY: help run test fmt messages docs bench lock install install-dev

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install $(CATALOGUES) ## set up and start everything; PORT=8000, HOST=127.0.0.1
	@exec $(MANAGE) run

test: install-dev $(CATALOGUES) ## everything that CI checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/vulture
	$(MANAGE) check --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) check_messages
	deploy/test.sh

fmt: install-dev ## format code and templates
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet templates

messages: install-dev ## renew the Chinese catalogue from the code
	deploy/messages.sh

docs: install-dev ## renew the generated pages of docs/
	$(MANAGE) write_docs

bench: install-dev ## the speed measurements, one line each
	$(BIN)/python -m benchmarks

lock: install-dev ## renew both lock files
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-annotate --no-header --quiet \
		--upgrade pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-annotate --no-header --quiet \
		--constraint requirements.lock --group dev pyproject.toml -o requirements-dev.lock

install:
	@deploy/install.sh run

install-dev:
	@deploy/install.sh dev

%.mo: %.po
	@if command -v msgfmt >/dev/null; then msgfmt --check-format -o $@ $<; \
	else echo "msgfmt is missing: pages stay in English. Install gettext." >&2; fi
