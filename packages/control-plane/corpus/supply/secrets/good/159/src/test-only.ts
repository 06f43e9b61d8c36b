const accessToken = "not-a-real-token-0123456789abcdef";
