"""Finding entries: what people say, to what the catalogue calls it.

`find.py` is the whole ranking, top to bottom; `index.py` the derived store it asks; `vocabulary.py` what words stand
for (organisations by all their names, acronyms, synonyms); `spelling.py` what was probably meant.
"""
