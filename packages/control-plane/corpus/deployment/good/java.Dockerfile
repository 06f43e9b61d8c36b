FROM eclipse-temurin:21-jre-alpine
RUN addgroup -S a && adduser -S a -G a
USER a
COPY x.jar /x.jar
HEALTHCHECK CMD wget -q --spider http://localhost:8080/actuator/health || exit 1
ENTRYPOINT ["java","-jar","/x.jar"]
