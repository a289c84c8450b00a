FROM debian:trixie
COPY bell.sh /opt/bell/
RUN chmod 755 /opt/bell/bell.sh
ENTRYPOINT ["/opt/bell/bell.sh"]
