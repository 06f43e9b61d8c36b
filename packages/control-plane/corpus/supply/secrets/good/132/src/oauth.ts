const params = { grant_type: "client_credentials", client_secret: clientSecret, token_type: "Bearer", token_endpoint: "https://id.example.com/oauth2/token" };
