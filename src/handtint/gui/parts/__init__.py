"""Parts that every wing uses: theme, icons, dialogs, the worker."""
