"""The phrase book of the Korean edition: what the course says in English → how it says it in Korean."""
