"""What a person asks for, as plain values that a file can hold."""
