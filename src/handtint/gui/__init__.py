"""The window: the only room that imports PySide6. QImages never leave it; no import of it brings torch."""
