"""The frame of the window: rail, top bar, and what opens over every place."""
