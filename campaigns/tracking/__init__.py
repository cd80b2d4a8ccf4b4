"""What comes back: news from the ESP, clicks on our links, and the public pages of one mail."""
