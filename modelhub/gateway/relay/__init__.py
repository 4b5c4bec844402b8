"""The relayed way: the client's own body goes to a provider that speaks its format."""
