"""Corpora as their publishers lay them out: a pure reader for each layout.

A reader takes the folder to which a corpus was unpacked, or one above it, and gives its clips. It opens no
recording. What it does not find, it does not give; a folder without any clip is another corpus's.
"""
