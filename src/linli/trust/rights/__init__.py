"""The rights desk: what people ask about their own data, and what they are answered in time."""
