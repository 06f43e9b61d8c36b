urls = [path("password-reset-1/", view, name="password_reset")]
