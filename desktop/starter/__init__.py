"""How the bundled starter model is made."""
