export DB_PASSWORD="$(cat /run/secrets/db_password)"
TOKEN=$(curl -s "$URL/token2")
if [ -z "$SECRET_KEY_BASE1" ]; then exit 1; fi
