"""Running a model: device, encodings, samples."""
