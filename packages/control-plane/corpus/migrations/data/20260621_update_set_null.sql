UPDATE users SET phone = NULL;
