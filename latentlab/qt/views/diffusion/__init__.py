"""The diffusion view: forward process, reverse process, and starts other than noise."""
