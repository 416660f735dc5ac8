"""The window: the only room that imports PySide6. QImages never leave it; no import of it brings torch."""

import builtins

# PySide6 puts an import of its own in the place of Python's, which reads the source of every module that is imported
# from then on, to see whether it is to have Qt's names in another spelling, and keeps it: of an import of torch that
# was a tenth of the time, and 46 MB. See docs/decisions/pyside6-import.md.
_import = builtins.__import__
import PySide6.QtCore  # noqa: E402, F401

builtins.__import__ = _import
