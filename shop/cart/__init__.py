"""The cart of a guest or a user: lines by variant, and plain words about everything that changed since."""
