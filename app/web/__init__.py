"""What stands between a browser and the page: who is there, what may pass, what is noted."""
