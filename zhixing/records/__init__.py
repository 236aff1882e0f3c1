"""Records: what people did. The only business store; the classroom service is its only door."""
