"""A run of commands while everything between the daemon and the appliances breaks."""
