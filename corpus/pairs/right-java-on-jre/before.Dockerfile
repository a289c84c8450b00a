FROM eclipse-temurin:21-jdk
WORKDIR /app
COPY Clock.java ./
RUN javac Clock.java && jar --create --file clock.jar --main-class Clock Clock.class
CMD ["java", "-jar", "clock.jar"]
