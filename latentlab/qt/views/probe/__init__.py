"""The probe: the picture decoded at z."""
