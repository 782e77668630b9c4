"""Real systems that First Responder reads and acts on, a room each."""
