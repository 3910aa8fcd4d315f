"""What people read: slips, reports, workbooks."""
