"""The mathematics and the trainings behind Learn."""
