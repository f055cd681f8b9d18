"""The subcommands of `whoholds`, a module each: `command` is what runs. What they share is in `common.py`."""
