"""Mark files: logo packs of brands in versions with their rules; watermarked previews, logged downloads for licensees."""
