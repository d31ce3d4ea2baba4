"""The boot partition of an SD card as the settings page: what lies on it is taken over at each start.

It is FAT, so that every computer can write it, and read-only while the device runs. What holds is copied to
the state partition; what does not is refused, with a line in `mynah-problems.txt`, and what held before
stays.
"""
