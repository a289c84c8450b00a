FROM eclipse-temurin:21-jdk AS build
WORKDIR /app
COPY Pages.java ./
RUN javac Pages.java

FROM eclipse-temurin:21-jre
WORKDIR /app
COPY --from=build /app/Pages.class ./
CMD ["java", "-cp", "/app", "Pages"]
