"""Colours for words and classes that people with any common colour-vision deficiency can tell apart.

Of the first ten, seven are Petroff's, Accessible Color Sequences for Data Visualization (2021); his two greys
and his khaki, which were like each other to everybody, gave way to teal, green and wine. Any two of the ten
differ by 18 or more in CIELAB under normal vision, protanopia, deuteranopia and tritanopia (simulated by the
matrices of Machado et al. 2009), and each by 16 or more from a white and from a nearly black ground.

The further ones were chosen one after the other, each as far as possible from all before it: neighbours
differ by 22 or more under each of the four, and none is grey.
"""

CATEGORICAL = (
    "#3f90da", "#ffa90e", "#bd1f01", "#116e76", "#832db6", "#a96b59", "#e76300", "#80b859",
    "#8e134b", "#92dadd", "#153585", "#7d672f", "#7774ff", "#ca5da2", "#a1b48b", "#583224",
    "#290fc1", "#c81fae", "#12a727", "#b98c9f", "#b1ef4a", "#4b2f5b", "#7e1706", "#35b3db",
    "#f4b880", "#e8117c", "#7b50fc", "#bbcff7", "#fdcabf", "#ef094e", "#4f5e9b", "#c8cf5a",
    "#7cf5a2", "#e27bf9", "#3d663d", "#db8139", "#7a3079", "#d7a6f5", "#1f8d78", "#8591b8",
    "#094741", "#ff9cae", "#8c62bc", "#f77671", "#066514", "#0630ac", "#754d5e", "#4874d8",
    "#62730c", "#0edac7", "#d9ae36", "#53a76d", "#10496a", "#fe6fca", "#5afe63", "#9ed79d",
    "#384307", "#0c42de", "#ab5165", "#ebd88a", "#51187f", "#b94df0", "#558198", "#f2c9e7",
)  # fmt: skip
