"""What is on disk: pictures, models, settings, drafts. No Qt, no torch."""
