# make        the program, as .venv/bin/arsip       make demo [PROFILE=served] [INDEX=elasticsearch]   see it at work
# make test   all tests                             make check                                         style, types
# What is missing is installed, and said first (tools/install.sh); a terminal is asked.

PYTHON = .venv/bin/python
PROFILE = embedded
INDEX = embedded
DEMO_SERVERS = $(if $(filter served,$(PROFILE)),postgres rabbitmq elasticsearch,$(filter elasticsearch,$(INDEX)))
SERVERS = postgres rabbitmq redis elasticsearch elasticsearch-9 verapdf hosts deploy
TEST_SERVERS = $(filter-out no,$(SERVERS))
SHARED = $(filter postgres rabbitmq redis elasticsearch,$(TEST_SERVERS))
BESIDE = $(if $(SHARED),$(PYTHON) -m tests.servers run $(SHARED) --)

.PHONY: program demo test check bench docs messages lock clean

program:
	@tools/install.sh
	@echo "The program is .venv/bin/arsip; see it at work with: make demo"

demo:
	@tools/install.sh $(DEMO_SERVERS)
	@$(if $(DEMO_SERVERS),$(PYTHON) -m tests.servers run $(DEMO_SERVERS) --) \
	  $(PYTHON) -m samples.demo --profile $(PROFILE) --index $(INDEX)

# The tests of the pipeline run in both profiles, two files at a time beside the same servers. SERVERS=no leaves the
# servers out: what needs them is then not run, and says so.
test:
	@tools/install.sh dev $(TEST_SERVERS)
	ARSIP_TEST_PROFILE=both OPENBLAS_NUM_THREADS=1 $(BESIDE) $(PYTHON) -m pytest -n 2 --dist loadfile

check:
	@tools/install.sh dev
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy .

bench: .bench/bin/ocrmypdf
	@tools/install.sh dev $(TEST_SERVERS)
	$(PYTHON) -m bench $(BENCH)

# OCRmyPDF, which we are measured against, has an environment of its own.
.bench/bin/ocrmypdf: requirements-peers.txt
	@tools/install.sh dev
	@echo "For the comparison OCRmyPDF and what it needs are put into .bench here (about 60 MB to load)"
	$(PYTHON) -m venv .bench
	.bench/bin/pip install --quiet --require-hashes --only-binary :all: -r requirements-peers.txt
	@touch $@

# What is generated and committed: docs/cli.md, the message catalogue, the locked requirements.
docs:
	@tools/install.sh
	$(PYTHON) -m tools.document

messages:
	@tools/install.sh dev
	$(PYTHON) -m tools.translate

lock:
	@tools/install.sh dev
	tools/lock.sh $(if $(UPGRADE),--upgrade)

clean:
	rm -rf .venv .bench .demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
