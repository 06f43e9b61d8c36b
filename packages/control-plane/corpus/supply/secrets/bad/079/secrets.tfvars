db_password = "m4Kx¦!9sP¦qZ"
