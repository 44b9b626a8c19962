"""Colours for words and classes that people with any common colour-vision deficiency can tell apart.

Of the first ten, seven are Petroff's, Accessible Color Sequences for Data Visualization (2021); his two greys
and his khaki, which were like each other to everybody, gave way to teal, green and wine. Any two of the ten
differ by 18 or more in CIELAB under normal vision, protanopia, deuteranopia and tritanopia (simulated by the
matrices of Machado et al. 2009), and each by 16 or more from a white and from a nearly black ground.

The further ones were chosen one after the other, each as far as possible from all before it: neighbours
differ by 22 or more under each of the four, and none is grey.

On the dark ground wine, teal and other dark colours were hard to see: `CATEGORICAL_DARK` has lighter ones of
the same hues in their places, each with a contrast of 3 to 1 or more to it (WCAG 2.2, success criterion
1.4.11). Any two of its first ten differ by 15 or more, neighbours by 20 or more.
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

CATEGORICAL_DARK = (
    "#3f90da", "#ffa90e", "#c81914", "#1eb9aa", "#8741d2", "#a96b59", "#e76300", "#80b859",
    "#af3c69", "#92dadd", "#3c5fc3", "#7d672f", "#7774ff", "#ca5da2", "#a1b48b", "#965a4b",
    "#5f41ff", "#c81fae", "#12a727", "#b98c9f", "#b1ef4a", "#8c6487", "#af462d", "#35b3db",
    "#f4b880", "#e8117c", "#7b50fc", "#bbcff7", "#fdcabf", "#ef094e", "#5064a5", "#c8cf5a",
    "#7cf5a2", "#e27bf9", "#aaf5d7", "#db8139", "#914b91", "#d7a6f5", "#1f8d78", "#8591b8",
    "#287873", "#ff9cae", "#8c62bc", "#f77671", "#d2ff8c", "#644be1", "#a06987", "#4874d8",
    "#62730c", "#0edac7", "#d9ae36", "#53a76d", "#4b69c8", "#fe6fca", "#5afe63", "#9ed79d",
    "#f5ff7d", "#645fe1", "#ab5165", "#ebd88a", "#a5379b", "#b94df0", "#558198", "#f2c9e7",
)  # fmt: skip
