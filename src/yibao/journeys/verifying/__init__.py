"""The verifier (核验): whether what the database holds adds up."""
