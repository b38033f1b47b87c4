# Hermes: two commands do everything. `make run` starts the whole system on this machine, `make test` proves it.

STAGE ?= local
ARGS  ?=
USER_ID ?= ada
ROOM_ID ?= lobby

# Pinned tools, installed on demand into .hermes/bin.
GOLANGCI_LINT_VERSION := v2.15.0

# One set of flags for every go command, and that of gobundle, so that everything is compiled once. The CDK's bindings only pass
# calls on, and are half of what is compiled: optimizing and describing them to debuggers would take a quarter of their time.
export GOFLAGS := $(GOFLAGS) -trimpath "-gcflags=github.com/aws/aws-cdk-go/...=-N -l -dwarf=false"
export CGO_ENABLED := 0

# jsii prints a banner on Node versions whose support has ended.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20

CDK := npx --no-install cdk
BIN := .hermes/bin
PACKAGES := node_modules/.package-lock.json test/packages/node_modules/.package-lock.json

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@echo "Usage: make <target> [STAGE=local|dev|staging|prod]"
	@echo
	@awk 'BEGIN {FS = ":.*## "} /^[a-z\/-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## Run the whole system on this machine; ARGS="--ephemeral --port 4570"
	@LOCAL_BEGUN=$$(date +%s) && export LOCAL_BEGUN && echo "checking this machine" >&2 && sh infra/start/doctor.sh -run $(ARGS) && \
		node infra/start/prepare.mjs $(BIN)/local && exec $(BIN)/local $(ARGS)

.PHONY: doctor
doctor: ## Say what this machine lacks to run and to test, and what to type
	@sh infra/start/doctor.sh

.PHONY: test
test: node_modules $(PACKAGES) ## Run every test; in a real browser too, where Chromium is installed
	@test/all

.PHONY: test/quick
test/quick: node_modules ## Run the unit and snapshot tests only: nothing that builds functions or starts other programs
	go test $$(go list ./... | grep -v -e /test/ -e /gobundle -e /runtimetest -e /infra/local$$ -e /infra/local/internal/backends)
	node --test client/web/test/*.test.js

.PHONY: test/client
test/client: $(PACKAGES) ## Run the tests of hermes.js and of what npm packs
	node --test client/web/test/*.test.js test/packages/*.test.mjs

.PHONY: test/race
test/race: node_modules ## Run every test under the race detector
	CGO_ENABLED=1 go test -race ./...

.PHONY: prove
prove: node_modules ## Check under faults that the hub loses, repeats and disorders nothing; ARGS="-seed 7 -scenario kills"
	go run ./test/prove $(ARGS)

.PHONY: prove/long
prove/long: node_modules ## Check it with a million messages, which takes an hour and a half
	go run ./test/prove -scenario long -rate 200 -duration 84m -messages 1000000 $(ARGS)

.PHONY: prove/mutants
prove/mutants: node_modules ## Show that the checker finds planted bugs
	go run ./test/prove/mutants $(ARGS)

.PHONY: test/mutation
test/mutation: ## Break lines that security rests on, one by one, and list those that no test misses; 8 minutes
	go run ./test/mutation $(ARGS)

.PHONY: bench
bench: node_modules ## Measure the fan-out, and a local stage that runs (make run in another terminal)
	go test ./functions/notificationhub/internal/bench -run '^$$' -bench . -benchtime 3x
	go run ./test/bench/load $(ARGS)
	go run ./test/bench/schedule

.PHONY: build
build: node_modules ## Compile everything
	go build ./...
	GOOS=darwin GOARCH=arm64 go vet ./infra/local/...

.PHONY: fmt
fmt: $(BIN)/golangci-lint ## Format the sources
	$(BIN)/golangci-lint fmt

.PHONY: lint
lint: $(BIN)/golangci-lint ## Check style and the dependency rule
	$(BIN)/golangci-lint run

.PHONY: snapshot/update
snapshot/update: node_modules ## Update the golden templates
	go test ./infra ./constructs/notificationhub ./constructs/budgetsubscriber ./constructs/messagescheduler -update

.PHONY: test/deploy
test/deploy: node_modules ## Check the stages' templates with cfn-lint, and against the last release
	go test ./test/deploy -v

.PHONY: synth
synth: node_modules ## Write the template of STAGE to cdk.out
	$(CDK) synth --quiet -c stage=$(STAGE) $(ARGS)

.PHONY: diff
diff: node_modules ## Compare STAGE with what is deployed
	$(CDK) diff -c stage=$(STAGE) $(ARGS)

.PHONY: deploy
deploy: node_modules deployable ## Deploy STAGE to AWS; outputs go to .hermes/<stage>/outputs.json
	@mkdir -p .hermes/$(STAGE)
	$(CDK) deploy -c stage=$(STAGE) --outputs-file .hermes/$(STAGE)/outputs.json $(ARGS)

.PHONY: destroy
destroy: node_modules deployable ## Remove STAGE from AWS
	$(CDK) destroy -c stage=$(STAGE) $(ARGS)

.PHONY: token
token: ## Print a token for USER_ID and ROOM_ID
	@go run ./infra/token -stage $(STAGE) -user $(USER_ID) -room $(ROOM_ID) $(ARGS)

.PHONY: smoke
smoke: ## Try what a user does on STAGE, which runs, with your own credentials
	@go run ./test/smoke -stage $(STAGE) $(ARGS)

.PHONY: redrive
redrive: ## List the dead letters of QUEUE of STAGE, or send them back: ARGS="-all"
	@go run ./infra/redrive -stage $(STAGE) -queue "$(QUEUE)" $(ARGS)

.PHONY: deployable
deployable:
	@case "$(STAGE)" in \
	  dev|staging|prod) ;; \
	  local) echo "stage local runs on this machine: make run; to deploy, name STAGE=dev, staging or prod" >&2; exit 2 ;; \
	  *) echo "unknown stage \"$(STAGE)\", known stages are dev, staging, prod" >&2; exit 2 ;; \
	esac

# npm ci only when the lock file changed.
.PHONY: node_modules
node_modules: node_modules/.package-lock.json

node_modules/.package-lock.json: package-lock.json
test/packages/node_modules/.package-lock.json: test/packages/package-lock.json
$(PACKAGES):
	@echo "installing the pinned npm packages of $<"
	@npm ci --prefix $(<D) --no-audit --no-fund --loglevel=error
	@touch $@

$(BIN)/golangci-lint: Makefile
	GOBIN="$(CURDIR)/$(BIN)" go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)
	@touch $@
