"""What each kind of row looks like in a file, one noun a module."""
