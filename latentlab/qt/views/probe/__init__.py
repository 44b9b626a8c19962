"""The probe: the picture under the hand."""
