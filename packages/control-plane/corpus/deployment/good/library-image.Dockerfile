FROM python:3.12.7-slim
RUN pip install --no-cache-dir poetry==1.8.4
WORKDIR /work
