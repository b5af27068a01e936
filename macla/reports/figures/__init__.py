"""The paper's figures, one module each: a frame in, a matplotlib figure out. ``write`` saves them."""
