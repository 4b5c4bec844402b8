"""From scored candidates to a recommendation: what may be proposed, what it saves and
how sure that is. Pure."""
