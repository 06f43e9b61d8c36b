FROM python:3.12-slim
USER a
CMD ["uvicorn","main:app","--host","0.0.0.0","--reload"]
