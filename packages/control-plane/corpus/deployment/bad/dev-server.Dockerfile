FROM python:3.12.7-slim
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
EXPOSE 8000
USER nobody
CMD ["python", "manage.py", "runserver", "0.0.0.0:8000"]
