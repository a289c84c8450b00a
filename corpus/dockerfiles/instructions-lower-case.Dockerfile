from debian:trixie
maintainer Somebody <somebody@example.com>
run apt-get update
workdir /srv
copy . .
env a=1
cmd ["true"]
