"""The demonstration: a broker, a simulated home and the real daemon, fed with recordings."""
