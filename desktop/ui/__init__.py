"""What the user sees: a folder for each place of the window, and the widgets they share."""
