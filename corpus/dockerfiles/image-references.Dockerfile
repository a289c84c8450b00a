FROM debian
FROM debian:trixie
FROM debian@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
FROM registry.example.com:5000/team/app:1.0
FROM ghcr.io/owner/image:tag@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS last
FROM localhost/own
FROM scratch
