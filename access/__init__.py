"""Who may see what: until there are users, one local viewer who sees everything."""

from archive.types import Filter, Viewer

LOCAL = Viewer(name="local", filter=Filter())
