"""Open Badges 3.0 without the product: building, signing, baking and verifying. No Django in here."""
