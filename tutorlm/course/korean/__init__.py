"""What the course says, in Korean: a phrase book beside each module."""
