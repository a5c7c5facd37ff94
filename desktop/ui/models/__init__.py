"""The place Models: the models on this computer, and the folders in which they are looked for."""
