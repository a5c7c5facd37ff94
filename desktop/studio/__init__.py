"""What the app is doing now: observable state and the actions on it. QtCore, no widgets."""
