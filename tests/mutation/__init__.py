"""A campaign of damaged files against every reader: `python -m tests.mutation --help`.

mutations   what is done to bytes, JSON, PNG chunks, zips, arrays and tables
seeds       the sound files that are damaged
readers     who reads them, and which exceptions are a reader's own words
campaign    runs a reader over many files; says what was no refusal in words
"""
