"""The agency on a database (经办系统): Django's settings and what serves pages; nothing below imports it."""
