"""One step of learning: networks' losses, encoders, the device."""
