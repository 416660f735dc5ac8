"""An album made by several processes or computers."""
