"""The SD card's image, from Debian's packages: what is on it, and how it comes together.

recipe      what goes in
root        Debian's packages, unpacked and set up, as an archive that is kept for the next time
system      … made into a device: our package, the files in `files/`, nothing that differs each time
initramfs   what runs before the system and lays memory over its root
boot        the partition that the firmware reads, and people edit
disk        the three partitions in one file
publish     compressed, with sums, a list of what is in it, and an entry for Raspberry Pi Imager
"""
