"""What an incident is and what is done about it. Standard library and pydantic only."""
