"""The nouns of Sekisho: what every other room takes and gives.

Nothing in this room reads a file, a clock or a socket. The words are those of
`docs/glossary.md`; a test holds the two together.
"""
