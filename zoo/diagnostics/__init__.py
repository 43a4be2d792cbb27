"""Pictures of what models do, from named arrays; no model is known here."""
