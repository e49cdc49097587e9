# Awıl: what you can do here. `make` alone prints this list.

# The AVIF encoder must not look for a library on the machine: nodynamic keeps the binary whole in itself.
export GOFLAGS := $(strip $(shell go env GOFLAGS 2>/dev/null) -tags=nodynamic)

.DEFAULT_GOAL := help
.PHONY: help run dev build test bench lighthouse lint fmt generate check-generated clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## install what is missing, build, and serve the shop with demo data on http://localhost:8080
	@sh scripts/setup.sh run
	@$(MAKE) --no-print-directory build
	@exec ./bin/awil serve --demo

dev: ## like run, but rebuild and reload the browser (http://localhost:7331) on every change
	@sh scripts/setup.sh run
	go tool templ generate --watch --proxy=http://localhost:8080 --cmd="go run ./cmd/awil serve --demo --dev"

build: ## build bin/awil
	@mkdir -p bin
	@[ -x bin/awil ] || echo "building; the first time takes a few minutes"
	go build -trimpath -o bin/awil ./cmd/awil

test: ## install what is missing and run every check and test, PostgreSQL and browser included
	@sh scripts/setup.sh test
	@sh scripts/test.sh

bench: ## measure beside nginx and pgbench, write docs/benchmarks.md
	@sh scripts/setup.sh bench
	@$(MAKE) --no-print-directory build
	@exec ./bin/awil bench

lighthouse: ## measure the shop's pages with Lighthouse in Chromium, three runs each
	@sh scripts/setup.sh lighthouse
	@$(MAKE) --no-print-directory build
	@sh scripts/lighthouse.sh

lint: ## run golangci-lint (built once, which takes minutes)
	@sh scripts/tools.sh golangci-lint
	bin/tools/golangci-lint run

fmt: ## format Go and templ files
	gofmt -w assets cmd internal migrations scripts templates
	go tool templ fmt templates

generate: ## compile the templates to Go
	go tool templ generate -path templates

check-generated: ## fail when a template was changed and not compiled
	@sh scripts/check-generated.sh

clean: ## remove what was built; the data in var/ stays
	rm -rf bin
