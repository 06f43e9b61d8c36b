FROM eclipse-temurin:21.0.5_11-jre
COPY app.jar /app.jar
USER 1000
STOPSIGNAL SIGKILL
ENTRYPOINT ["java", "-jar", "/app.jar"]
