"""The officers' console (经办台): every table that an officer may look at, inside the officer's area, and what is done there."""
