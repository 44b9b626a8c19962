"""The 2-D stage: models of points in the plane, trained while one watches."""
