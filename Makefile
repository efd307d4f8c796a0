# The front door. Each target sets up what it needs; `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.PHONY: help run test check build bench e2e screenshots clean

# Queries are checked against the descriptions in .sqlx, never against whatever DATABASE_URL names.
export SQLX_OFFLINE := true
# Everything here knows the build folder by its place beside this file.
unexport CARGO_TARGET_DIR
unexport CARGO_BUILD_TARGET_DIR

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Builds what is not built and starts the product at http://127.0.0.1:8080 with its data in ./data
	@LEPTOS_SITE_ROOT="$(CURDIR)/target/site" DATA_DIR="$${DATA_DIR:-$(CURDIR)/data}" \
	  exec target/release/orderdesk-mcp serve

test: ## Runs everything that CI runs; the last line says how many passed
	@scripts/setup.sh test
	@scripts/test.sh

check: ## Format, lints, docs and the WASM check, without running a test
	@scripts/setup.sh check
	@scripts/test.sh format clippy docs wasm32

build: ## Leaves target/release/orderdesk-mcp and target/site, which run together from any folder
	@scripts/setup.sh run
	@scripts/build-site.sh
	@cargo build --release --bin orderdesk-mcp

bench: build ## Measures the product beside bare servers on this machine
	@scripts/bench.sh

e2e: ## The browser tests alone; options for Playwright in ARGS
	@scripts/setup.sh test
	@scripts/test.sh types site build browser perf

screenshots: ## Makes docs/screenshots anew: every page, light and dark, wide and narrow
	@scripts/setup.sh test
	@scripts/test.sh site build screenshots

clean: ## Removes what was built; the data and the tools' cache stay
	@cargo clean
	@rm -rf end2end/out
