FROM python:3.12-slim
COPY . .
USER app
CMD exec gunicorn --bind :$PORT app:app
