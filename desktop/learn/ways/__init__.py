"""Four ways to learn a distribution from samples of it, side by side: GAN, VAE, diffusion (and flow matching), normalizing flow."""
