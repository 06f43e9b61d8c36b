FROM python:3.12-slim
COPY . .
USER app
ENTRYPOINT gunicorn app:app
