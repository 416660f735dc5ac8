"""What a person asks of one photo. No numpy and no Qt here."""
