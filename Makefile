# Callbox. `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
# Arguments of `make bench`, such as BENCH=--quick.
BENCH ?=

.PHONY: help demo tour test nightly run build install bench lint format clean prepare

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: prepare ## Receive, query and replay sample deliveries (a minute after the build)
	swift build --product callbox
	swift build --product callbox-sandbox
	scripts/demo.sh

tour: prepare ## Create links with fake providers, receive and replay their callbacks (under a minute after the build)
	swift build --product callbox
	swift build --product callbox-sandbox
	scripts/tour.sh

test: prepare ## Build and run every test
	swift build --build-tests --explicit-target-dependency-import-check error
	scripts/test.sh

nightly: prepare ## Kill the server 1,000 times under load, run the fault harness with other seeds (an hour or more)
	scripts/nightly.sh

run: prepare ## Serve on 127.0.0.1:8787 without checking signatures, for trying Callbox out
	swift build -c release --product callbox
	exec "$$(swift build -c release --show-bin-path)/callbox" serve --accept-unsigned

build: prepare ## Build the release binaries
	swift build -c release --product callbox
	swift build -c release --product callbox-sandbox
	@echo "built: $$(swift build -c release --show-bin-path)/callbox"

install: build ## Install callbox, its manual page and completions to PREFIX (/usr/local)
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/man/man1"
	install -d "$(DESTDIR)$(PREFIX)/share/bash-completion/completions" "$(DESTDIR)$(PREFIX)/share/zsh/site-functions"
	install -d "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d"
	install -m 755 "$$(swift build -c release --show-bin-path)/callbox" "$(DESTDIR)$(PREFIX)/bin/callbox"
	install -m 644 docs/callbox.1 "$(DESTDIR)$(PREFIX)/share/man/man1/callbox.1"
	"$(DESTDIR)$(PREFIX)/bin/callbox" completions bash > "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/callbox"
	"$(DESTDIR)$(PREFIX)/bin/callbox" completions zsh > "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_callbox"
	"$(DESTDIR)$(PREFIX)/bin/callbox" completions fish > "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/callbox.fish"

bench: prepare ## Measure all promised figures and write Benchmarks/RESULTS.md (half an hour)
	swift build -c release --product callbox
	swift build -c release --product callbox-bench
	"$$(swift build -c release --show-bin-path)/callbox-bench" all $(BENCH)

lint: ## Check the format
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

format: ## Format the code
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

clean: ## Remove build products
	rm -rf .build

prepare:
	@scripts/prepare.sh
