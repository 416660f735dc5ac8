"""The same colors for photos of one scene: which photos are alike, and how colors are carried from one to another."""
