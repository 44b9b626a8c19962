"""Files that are written and read whole: models, catalogue, provenance, films, export."""
