"""What a model is run with: device, coordinates, encodings, samples."""
