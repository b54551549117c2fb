# Callbox. `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
# The folder of systemd units for `make install` on Linux.
UNITS ?= /etc/systemd/system
# On Linux, release programs contain the Swift runtime and run without a toolchain.
RELEASE := -c release $(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib)
# Arguments of `make bench`, such as BENCH=--quick.
BENCH ?=

.PHONY: help demo demo-cluster tour test nightly run build install uninstall install-files deb bench lint format clean prepare

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: prepare ## Receive, query and replay sample deliveries (takes a minute after the build)
	swift build --product callbox
	swift build --product callbox-sandbox
	scripts/demo.sh

demo-cluster: prepare ## Kill receivers that share a journal in PostgreSQL (needs postgresql and nginx-light)
	swift build --product callbox
	scripts/demo-cluster.sh

tour: prepare ## Create links with fake providers, receive and replay their callbacks (takes under a minute after the build)
	swift build --product callbox
	swift build --product callbox-sandbox
	scripts/tour.sh

test: prepare ## Build and run every test
	swift build --build-tests --explicit-target-dependency-import-check error
	scripts/test.sh

nightly: prepare ## Kill the server 1,000 times under load, run the fault harness, send damaged requests (takes two hours or more)
	scripts/nightly.sh

run: prepare ## Serve on 127.0.0.1:8787 without checking signatures, to try Callbox out
	swift build $(RELEASE) --product callbox
	exec "$$(swift build $(RELEASE) --show-bin-path)/callbox" serve --accept-unsigned

build: prepare ## Build the release binaries
	swift build $(RELEASE) --product callbox
	swift build $(RELEASE) --product callbox-sandbox
	@echo "built: $$(swift build $(RELEASE) --show-bin-path)/callbox"

install: build ## Install both programs, the manual page, completions and systemd units to PREFIX (/usr/local)
	@$(MAKE) --no-print-directory install-files BINARIES="$$(swift build $(RELEASE) --show-bin-path)"

uninstall: ## Remove what `make install` installed; archives and configurations stay
	scripts/install.sh uninstall "$(DESTDIR)$(PREFIX)" "$(DESTDIR)$(UNITS)"

install-files:
	scripts/install.sh "$(BINARIES)" "$(DESTDIR)$(PREFIX)" "$(DESTDIR)$(UNITS)"

deb: prepare ## Build a Debian package in .build/deb
	scripts/deb.sh

bench: prepare ## Measure all promised figures and write Benchmarks/RESULTS.md (takes half an hour)
	swift build $(RELEASE) --product callbox
	swift build $(RELEASE) --product callbox-bench
	"$$(swift build $(RELEASE) --show-bin-path)/callbox-bench" all $(BENCH)

lint: ## Check the format
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

format: ## Format the code
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

clean: ## Remove build products
	rm -rf .build

prepare:
	@scripts/prepare.sh
