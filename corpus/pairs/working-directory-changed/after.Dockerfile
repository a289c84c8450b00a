FROM debian:trixie AS build
WORKDIR /quiz
COPY . .
RUN chmod 755 quiz.sh

FROM debian:trixie-slim
COPY --from=build /quiz /quiz
WORKDIR /srv
CMD ["./quiz.sh"]
