"""Who may do what (权限与审计): roles, the area filter, caller's keys, maker-checker and the audit chain."""
