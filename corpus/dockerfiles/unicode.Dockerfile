FROM debian:trixie
# Grüße aus Köln 🚢
LABEL beschreibung="Größe: 3 µm" emoji="🚀🚢"
ENV GRUSS="Moin, Welt" ÜBER=1
RUN echo "日本語 🐳" > /tmp/ü && ls /tmp/ü
COPY dateien/größe.txt /srv/größe.txt
WORKDIR /srv/日本
CMD ["echo", "é 🐳 \u00fc"]
