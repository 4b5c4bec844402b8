"""What an organisation has decided, as files: read, merged, compared. Pure."""
