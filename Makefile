# Every habit is one command. `make` alone lists them.

SWIFT_FLAGS = --explicit-target-dependency-import-check error
FOLDERS = Sources Tests Package.swift
PYTHON = .build/python/bin/python
COMPANY ?= shop
PREFIX ?= /usr/local
PROGRAM = .build/release/waymark

.PHONY: help setup build release install demo test test-web lint format docs bench bench-collect python

help: ## List the commands
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | expand -t 10

setup: ## Install what the build needs from the system
	@scripts/setup

build: setup ## Build for development
	swift build --build-tests $(SWIFT_FLAGS)

release: setup ## Build the program, optimised: .build/release/waymark
	swift build -c release --product waymark --static-swift-stdlib $(SWIFT_FLAGS)

install: release ## Install the program, its manual page, unit and examples (PREFIX=/usr/local)
	install -D -s -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/waymark
	install -D -m 644 docs/waymark.1 $(DESTDIR)$(PREFIX)/share/man/man1/waymark.1
	install -D -m 644 packaging/waymark.service $(DESTDIR)$(PREFIX)/lib/systemd/system/waymark.service
	sed -i 's|/usr/local/bin/|$(PREFIX)/bin/|' $(DESTDIR)$(PREFIX)/lib/systemd/system/waymark.service
	install -D -m 644 packaging/waymark.yaml $(DESTDIR)$(PREFIX)/share/waymark/waymark.yaml
	install -D -m 644 packaging/nginx.conf $(DESTDIR)$(PREFIX)/share/waymark/nginx.conf

demo: release ## Make a company's customers, import them, and measure its journey (COMPANY=shop, energy, business)
	.build/release/waymark demo --company $(COMPANY)

test: build ## Pass all tests; only='A funnel' for some of those in Swift
	swift test --skip-build --disable-xctest $(if $(only),--filter '$(only)')
	$(if $(only),,$(MAKE) test-web)

test-web: ## Pass the tests with a real server, clients and browser (only='test_map' for some); after make build
	@scripts/setup-web
	.build/web/bin/python -m pytest -q Tests/Web $(if $(only),-k '$(only)')

lint: ## Check the form of the code
	swift format lint --strict --recursive --parallel $(FOLDERS)

format: ## Put the code into form
	swift format --in-place --recursive --parallel $(FOLDERS)

docs: build ## Write the manual page, docs/waymark.1, and the catalogue in docs/questions.md
	sed -i '/^### Fields of every question$$/,$$d' docs/questions.md
	.build/debug/waymark questions --format markdown >> docs/questions.md
	swift package --allow-writing-to-package-directory generate-manual --configuration debug \
	  --date "$$(git log -1 --format=%cs)"
	sed 's/^$$/.Pp/' .build/plugins/GenerateManual/outputs/waymark/waymark.1 > docs/waymark.1

bench: release python ## Measure beside DuckDB, chDB and Polars (BENCH="--events 1000000,10000000 --runs 5" or --quick)
	$(PYTHON) Benchmarks/run.py $(BENCH)

bench-collect: release ## Measure collection over HTTP, by wrk (BENCH="--seconds 60")
	python3 Benchmarks/collect.py $(BENCH)

python:
	@test -x $(PYTHON) || python3 -m venv .build/python
	@while read -r package; do $(PYTHON) -m pip install --quiet "$$package" \
	  || echo "make: $$package can't be installed; what needs it is skipped" >&2; done \
	  < Benchmarks/requirements.txt
