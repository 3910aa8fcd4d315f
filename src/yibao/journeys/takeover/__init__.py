"""Moving in (接管): what another system knew, file by file, and what becomes of it."""
