"""The mathematics and trainings behind the place Learn. No Qt."""
