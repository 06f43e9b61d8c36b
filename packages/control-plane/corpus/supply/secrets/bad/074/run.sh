export DB_PASSWORD='hT5!¦pLq8¦Zx'
./start
