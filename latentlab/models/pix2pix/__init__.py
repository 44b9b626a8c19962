"""The model that translates pictures: pix2pix."""
