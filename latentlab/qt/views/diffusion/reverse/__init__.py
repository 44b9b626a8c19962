"""The reverse process: noise into a picture, step by step."""
