"""How good models and repairs are, measured on photographs nobody learned from."""
