"""The same look across an album: which photos are alike, and one photo's colors carried to those like it."""
