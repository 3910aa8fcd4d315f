"""Population, institutions, claims and a whole benefit year; pure, Arrow in and out."""
