"""Networks and the device they run on. The only room of the app that imports torch."""
