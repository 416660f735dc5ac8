"""Color spaces, profiles, tone, the merge of lightness and color."""
