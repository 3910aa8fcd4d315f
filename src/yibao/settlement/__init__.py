"""Where the three layers meet in tables (待遇结算): visits, fee lines, settlements, the year so far, adjustments."""
