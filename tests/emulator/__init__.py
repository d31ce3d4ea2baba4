"""The very image in an emulated machine, with a microphone and a broker on this side."""
