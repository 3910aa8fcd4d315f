"""Lists from departments (部门名单): looked at, matched, committed, undone; gaps and duplicates."""
