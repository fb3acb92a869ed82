"""HTTP concerns of the whole application: error rendering and security headers."""
