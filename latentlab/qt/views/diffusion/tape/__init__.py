"""The tape of a diffusion: strip, store, tracks, transport."""
