FROM eclipse-temurin:21-jdk AS build
WORKDIR /app
COPY Clock.java ./
RUN javac Clock.java && jar --create --file clock.jar --main-class Clock Clock.class

FROM eclipse-temurin:21-jre
WORKDIR /app
COPY --from=build /app/clock.jar ./
CMD ["java", "-jar", "clock.jar"]
