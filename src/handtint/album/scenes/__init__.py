"""Photos of one scene take their colors from one of them."""
