"""The daemon as a Debian package."""
