"""Which model answers one request, where nobody named one: what the request asks for,
how often each model succeeds at such work, and the choice. Pure but for `files`."""
