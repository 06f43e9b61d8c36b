MESSAGES = {"password_reset_1": "reset-password-step-1", "token_error": "E1042-invalid-token"}
