"""The engine: training, rendering, evaluation, files. No Qt, no threads, no printing."""
