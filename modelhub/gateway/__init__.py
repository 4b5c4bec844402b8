"""One request, the right model, an honest answer. Nobody imports the gateway but its
own doors; it may import every app."""
