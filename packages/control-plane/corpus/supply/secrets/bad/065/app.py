api_key = os.environ.get("PAYMENT_API_KEY", "BO6m¦1MZh¦o0Qj¦HbqW¦XcUK¦oIxN¦rWRL")
