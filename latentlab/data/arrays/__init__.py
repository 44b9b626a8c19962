"""Pictures that travel as arrays or in tables of pixels: IDX, .npy, .npz, CSV."""
