"""How the threads of a process that answers people take turns at its one interpreter.

Harvests, imports and the index are worked on in the same process as answers. An answer lets go of the interpreter's
lock many times, whenever it asks the database or the index. To have it back from a thread that works without a
break it waits for a whole turn each time: with Python's 5 ms that alone is 100 ms. See decision 0023.
"""

import gc
import sys

from catalogue.search.find import Search
from intents.understand import understand

TURN = 0.0005
"""Seconds that a thread keeps the interpreter while others wait for it. Handing it over costs a fiftieth of that."""


def take_short_turns(search: Search) -> None:
    """Called once, when everything is in its place and before anybody is answered.

    What the first question would have to read is read now. What is there by then stays for the life of the process, so
    that the collector of garbage, which stops every thread, need not go through it again: that took up to 100 ms.
    """
    sys.setswitchinterval(TURN)
    for text in ("who holds this?", "can I share this?"):
        understand(text, search.vocabulary())
    gc.collect()
    gc.freeze()
