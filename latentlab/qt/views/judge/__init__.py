"""All models of a data set in one table, with charts and the pictures behind each figure."""
