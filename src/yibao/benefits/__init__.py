"""Benefits (待遇), section two: hospital, outpatient pooling, two diseases, chronic and special, maternity, catastrophic."""
