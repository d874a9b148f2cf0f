# make        the program, as .venv/bin/arsip       make demo [INDEX=elasticsearch]   see it at work
# make test   all tests                             make check                        style, types
# What is missing is installed, and said first (tools/install.sh); a terminal is asked.

PYTHON = .venv/bin/python
INDEX = embedded
SERVERS = yes
SERVER = $(if $(filter yes,$(SERVERS)),server)
WITH_SERVER = $(if $(filter elasticsearch,$(INDEX)),$(PYTHON) -m tests.servers run --)

.PHONY: program demo test check bench docs messages lock clean

program:
	@tools/install.sh
	@echo "The program is .venv/bin/arsip; see it at work with: make demo"

demo:
	@tools/install.sh $(if $(WITH_SERVER),server)
	@$(WITH_SERVER) $(PYTHON) -m samples.demo --index $(INDEX)

# SERVERS=no leaves Elasticsearch out: its tests are then not run, and say so.
test:
	@tools/install.sh dev $(SERVER)
	$(PYTHON) -m pytest

check:
	@tools/install.sh dev
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy .

bench: .bench/bin/ocrmypdf
	@tools/install.sh dev $(SERVER)
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
