FROM debian:trixie
RUN <<EOF
set -e
apt-get update
apt-get install -y --no-install-recommends \
    curl

# a comment of the shell
rm -rf /var/lib/apt/lists/*
EOF
RUN <<-'SCRIPT'
	echo "tabs are stripped"
	SCRIPT
RUN <<"PYTHON"
#!/usr/bin/env python3
print("a script with a first line of its own: $HOME")
PYTHON
CMD ["true"]
