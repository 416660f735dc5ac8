"""One photo: panel, filmstrip, toolbar, notices."""
