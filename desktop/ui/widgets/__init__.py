"""What several places of the window are built from."""
