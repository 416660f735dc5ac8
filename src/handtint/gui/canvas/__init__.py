"""The canvas a photo is seen on."""
