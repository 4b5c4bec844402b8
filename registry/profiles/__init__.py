"""What a profile says and what that means. Pure."""
