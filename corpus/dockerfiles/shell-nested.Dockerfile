FROM debian:trixie
RUN sh -c 'apt-get update && apt-get install -y curl'
RUN bash -lc "cd /srv && make \"all\""
RUN env -i PATH=/usr/bin sh -ec 'echo a; echo b'
RUN ["sh", "-c", "echo \"nested $HOME\" | tee /tmp/x"]
RUN find /srv -name '*.c' -print0 | xargs -0 -n 1 sh -c 'gcc -c "$0"'
