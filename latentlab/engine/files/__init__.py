"""Files written atomically and read with checks: models, catalogue, provenance, films, export."""
