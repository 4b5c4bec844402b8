"""The door for OpenTelemetry: `POST /otlp/v1/traces` and `/otlp/v1/metrics`."""
