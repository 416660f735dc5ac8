"""Everything a person asks of one photo, as frozen records. No numpy and no Qt: the window is there before them."""
