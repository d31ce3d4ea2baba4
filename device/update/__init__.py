"""Updates: signed archives, the versions that lie over the base, and which of them runs.

keys       whom we trust
archive    one file: a signed head and what it describes
sources    where an archive is found: a file, a folder, an address
install    archive → checked whole → a version that is to prove itself
proof      the new version's own word that it works, given before it is chosen
versions   the folder of versions, and the state that says which one runs
launch     what the service starts: chooses the version, takes back one that did not become ready
trial      the running version, which confirms itself once it has gone on for a while, and counts its turns
quality    whether more turns fail with it than with the one before
offer      the daemon's side: what Home Assistant is shown, and what it may ask for
"""
