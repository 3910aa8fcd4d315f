"""Section eight (公共管理服务): applications, service items, transfers, out-of-area filing."""
