"""What a prompt is, apart from the database: its template, its versions' difference and
the words that name one. Pure."""
