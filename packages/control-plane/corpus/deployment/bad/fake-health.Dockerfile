FROM eclipse-temurin:21.0.5_11-jre
COPY app.jar /app.jar
USER 1000
HEALTHCHECK --interval=30s CMD exit 0
ENTRYPOINT ["java", "-jar", "/app.jar"]
