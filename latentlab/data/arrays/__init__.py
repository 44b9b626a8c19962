"""Readers of pictures in arrays or tables of pixels: IDX, .npy, .npz, CSV."""
