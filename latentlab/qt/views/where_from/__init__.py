"""Where a made picture comes from: its nearest training pictures, and whether it is a copy of one."""
