FROM python:3.12-slim
USER a
CMD python manage.py migrate && gunicorn app.wsgi
