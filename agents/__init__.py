"""The investigators. The only room that imports AutoGen and Groq."""
