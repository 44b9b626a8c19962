"""From the bytes of one picture file to pixels: decoding, levels, colours, cropping."""
