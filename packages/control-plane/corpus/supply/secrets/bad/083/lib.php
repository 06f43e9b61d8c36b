define('DB_PASSWORD', 'aZ9k¦Lm3Q¦p7');
