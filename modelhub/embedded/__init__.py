"""The parts that a newcomer need not install: a database and a broker in `var/`."""
