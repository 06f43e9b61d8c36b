FROM eclipse-temurin:21.0.5_11-jre-jammy
WORKDIR /opt/app
COPY target/app.jar app.jar
RUN useradd -r -u 10001 app
USER app
ENV JAVA_OPTS="-XX:MaxRAMPercentage=75"
# The shell expands JAVA_OPTS and then becomes java itself.
ENTRYPOINT ["sh", "-c", "exec java $JAVA_OPTS -jar /opt/app/app.jar"]
