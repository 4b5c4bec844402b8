#!/usr/bin/env python
"""The same console command as `modelhub`, for a checkout that is not installed."""

from modelhub.console import main

if __name__ == "__main__":
    main()
