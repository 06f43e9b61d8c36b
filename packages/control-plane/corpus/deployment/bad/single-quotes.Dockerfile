FROM python:3.12.7-slim
COPY app.py .
USER nobody
# Single quotes are no JSON: Docker runs this through a shell.
CMD ['python', 'app.py']
