"""What runs: training, rendering, evaluating, saving. No Qt, no threads, no printing."""
