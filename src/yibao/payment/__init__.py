"""Designated institutions (定点医药机构): who is paid, and since when."""
