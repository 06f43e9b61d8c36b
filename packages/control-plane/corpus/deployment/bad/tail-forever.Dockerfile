FROM nginx:1.27.2
COPY . /usr/share/nginx/html
CMD service nginx start && tail -f /dev/null
