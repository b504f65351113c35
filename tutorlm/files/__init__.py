"""File formats and safe file habits: atomic writes, text, encoded splits, dictionaries, models, downloads."""
