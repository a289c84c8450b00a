FROM eclipse-temurin:21-jdk
WORKDIR /app
COPY Pages.java ./
RUN javac Pages.java
CMD ["java", "-cp", "/app", "Pages"]
