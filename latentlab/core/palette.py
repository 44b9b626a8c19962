"""Colours for words and classes that people with any common colour-vision deficiency can tell apart.

Of the first ten, seven are Petroff's, Accessible Color Sequences for Data Visualization (2021); his two greys
and his khaki, which were like each other to everybody, gave way to teal, lime and wine. Any two of the ten
differ by 18 or more in CIELAB under normal vision, protanopia, deuteranopia and tritanopia (simulated by the
matrices of Machado et al. 2009), and each by 16 or more from a white and from a nearly black ground.

The further ones were chosen one after the other, each as far as possible from all before it: neighbours
differ by 22 or more under each of the four, and none is grey.
"""

CATEGORICAL = (
    "#3f90da", "#ffa90e", "#bd1f01", "#116e76", "#832db6", "#a96b59", "#e76300", "#bcd276",
    "#8e134b", "#92dadd", "#153585", "#7d672f", "#7774ff", "#ca5da2", "#bfb589", "#583224",
    "#290fc1", "#c81fae", "#6a967e", "#7e1706", "#ca9a41", "#4b2f5b", "#9f91c7", "#53e3b4",
    "#a8e63e", "#f77861", "#e27bf9", "#7b50fc", "#bbcff7", "#ef094e", "#c494a2", "#4f5e9b",
    "#92f392", "#12a727", "#e59ef5", "#3e5d2f", "#fb5883", "#5afe63", "#8c62bc", "#066514",
    "#60b160", "#fdcabf", "#7a3079", "#0630ac", "#35b3db", "#62730c", "#c1297e", "#094741",
    "#4874d8", "#f89cc5", "#c0c635", "#754d5e", "#ba5b21", "#afe9ae", "#0fb2a3", "#10496a",
    "#fed25f", "#5e7d9c", "#b94df0", "#51187f", "#efac7d", "#128759", "#0c42de", "#965a88",
)  # fmt: skip
