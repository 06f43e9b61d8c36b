const passwordField = "user_password_2";
const secretPath = "kv/data/shop/api-key-3";
const tokenUrl = "https://login.example.com/oauth2/v2.0/token";
