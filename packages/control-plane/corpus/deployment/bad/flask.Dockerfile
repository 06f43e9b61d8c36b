FROM python:3.12-slim
USER app
ENV FLASK_DEBUG=1
CMD ["flask", "run", "--host=0.0.0.0"]
