"""The agency's interface for programs (经办接口), version 1: the same actions and queries that officers' pages ask."""
