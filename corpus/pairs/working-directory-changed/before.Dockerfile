FROM debian:trixie
WORKDIR /quiz
COPY . .
RUN chmod 755 quiz.sh
CMD ["./quiz.sh"]
