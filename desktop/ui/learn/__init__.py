"""The place Learn: stations at which a reader does by hand what an introduction to diffusion models tells."""
