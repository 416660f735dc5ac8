"""The window. The only room that imports PySide6; QImages never leave it, and torch never enters it at import."""
