"""The place where pictures are made: prompt, canvas, timeline, steps."""
