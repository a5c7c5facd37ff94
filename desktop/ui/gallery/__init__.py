"""The gallery: all pictures, by day."""
