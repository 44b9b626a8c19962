"""The judge: all models of a data set in one table, measured in pieces that are kept."""
