"""The hint tool."""
