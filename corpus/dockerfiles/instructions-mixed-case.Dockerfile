From debian:trixie As build
Run echo hello
fROM scratch
CoPy --from=build /etc/hostname /tmp/
cMd echo "$0"
