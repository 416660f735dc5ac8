# Every target sets up what it needs by itself (packaging/bootstrap.sh); the second time that takes no time.
PYTHON := .venv/bin/python
# Compiled bytecode is kept, whatever the environment says: without it an import of torch takes 5 CPU seconds in place of 2.5,
# in each of the many processes that tests start.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo app test lint translations package constraints audit fuzz

demo:  ## color the sample photographs into demo-output/
	@sh packaging/bootstrap.sh
	@$(PYTHON) -m handtint restore resources/samples -o demo-output --overwrite --sheet "demo-output/before and after.jpg"
	@echo 'The photographs in color are in demo-output/, all of them on one sheet in "demo-output/before and after.jpg".'

app:  ## open the window
	@sh packaging/bootstrap.sh window
	@$(PYTHON) -m handtint

test:  ## run the tests, without a screen; `make test ARGS='-k cli'` runs a part
	@sh packaging/bootstrap.sh tests
	@QT_QPA_PLATFORM=offscreen $(PYTHON) -m pytest -n auto --maxprocesses 8 --dist loadfile $(ARGS)

lint:  ## style, types and the rule of who may import whom
	@sh packaging/bootstrap.sh
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m pyright
	@$(PYTHON) -m pytest tests/test_house.py

translations:  ## collect all sentences of the window, and say what is not translated yet
	@sh packaging/bootstrap.sh
	@$(PYTHON) packaging/translations.py

package:  ## make the installers of this system in dist/: on Linux a .deb and an archive that installs itself
	@python3 packaging/build.py $(ARGS)

constraints:  ## pin the packages anew: names, versions and hashes, no addresses
	@sh packaging/bootstrap.sh
	@$$(command -v uv || echo .venv/uv/bin/uv) pip compile pyproject.toml --upgrade --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --quiet -o constraints.txt

audit:  ## compare the pinned packages with the known vulnerabilities saved in packaging/advisories.json
	@sh packaging/bootstrap.sh
	@$(PYTHON) packaging/audit.py

fuzz:  ## try made-up files on every reader of cards, recipes, hints, journals and metadata, for ten minutes
	@sh packaging/bootstrap.sh
	@PYTHONPATH=. $(PYTHON) -m tests.fuzzing $(ARGS)
