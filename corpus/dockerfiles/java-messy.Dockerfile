FROM maven:3.9-eclipse-temurin-21
ENV MAVEN_OPTS="-Xmx512m"
WORKDIR /build
COPY . .
RUN mvn -q package -DskipTests; cp target/*.jar /app.jar
RUN rm -rf ~/.m2
CMD java $JAVA_OPTS -jar /app.jar
