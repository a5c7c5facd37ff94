"""Training, evaluation and export of the bundled starter model."""
