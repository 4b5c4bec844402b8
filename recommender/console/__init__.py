"""What `modelhub recommend` answers: documents for programs, lines for people."""
