"""The gateway over HTTP: a light ASGI application beside Django's, in the formats that
OpenAI's and Anthropic's clients speak."""
