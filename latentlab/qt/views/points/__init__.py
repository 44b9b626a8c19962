"""The panel of points: what colours them, the legend, finding, and the layers of the plane."""
