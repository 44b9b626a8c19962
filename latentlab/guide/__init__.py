"""The guide as the window reads it: chapters, glossary, and what each panel shows. Without Qt."""
