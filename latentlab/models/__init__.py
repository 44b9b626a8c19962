"""Networks and their objectives. A kind of model is one file here and one line in `registry`."""
