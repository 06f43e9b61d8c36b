API_KEY = "YOUR_API_KEY_123"
TOKEN = "insert-token-here-1234"
PASSWORD = "xxxxxxxxxxxx"
SECRET = "dummy-secret-0123456789"
